"""Any endpoint that speaks OpenAI's chat completions: Ollama, vLLM, llama.cpp, a gateway."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import openai

from lectern.contracts.usage import Usage
from lectern.llm.engines.call import Call, EngineError, OnText, Part, Reply, Trouble
from lectern.worker.retry_after import seconds_until

_STATUS: dict[int, Trouble] = {400: "request", 401: "key", 403: "key", 404: "request", 408: "slow", 422: "request"}


class OpenAIEngine:
    """An OpenAI-compatible endpoint. Local servers take any key."""

    name = "openai"

    def __init__(self, base_url: str, *, api_key: str = "") -> None:
        self._client = openai.AsyncOpenAI(base_url=base_url, api_key=api_key or "none", max_retries=0)

    async def generate(self, call: Call, on_text: OnText | None = None) -> Reply:
        try:
            async with asyncio.timeout(call.timeout_seconds):
                return await self._stream(call, on_text)
        except (TimeoutError, openai.APITimeoutError):
            raise EngineError("slow", f"{call.model} did not answer within {call.timeout_seconds:g} s") from None
        except openai.APIStatusError as error:
            raise _trouble(error) from error
        except (openai.APIError, OSError, ValueError) as error:
            raise EngineError("away", f"the connection to {call.model} broke ({type(error).__name__})") from error

    async def _stream(self, call: Call, on_text: OnText | None) -> Reply:
        text: list[str] = []
        usage = Usage(kind="model", name=call.model, requests=1)
        finish, refusal = "", ""
        messages: Any = [
            {"role": "system", "content": call.instructions},
            {"role": "user", "content": [_part(part) for part in call.parts]},
        ]
        extra: dict[str, Any] = {}
        if call.schema is not None:
            extra["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": call.schema, "strict": False},
            }
        stream = await self._client.chat.completions.create(
            model=call.model,
            messages=messages,
            max_completion_tokens=call.max_output_tokens,
            stream=True,
            stream_options={"include_usage": True},
            **extra,
        )
        async for chunk in stream:
            if chunk.usage:
                cached = chunk.usage.prompt_tokens_details.cached_tokens if chunk.usage.prompt_tokens_details else 0
                details = chunk.usage.completion_tokens_details
                thinking = (details.reasoning_tokens if details else 0) or 0
                usage = Usage(
                    kind="model",
                    name=call.model,
                    requests=1,
                    input=chunk.usage.prompt_tokens,
                    cached=cached or 0,
                    thinking=thinking,
                    output=chunk.usage.completion_tokens - thinking,
                )
            for choice in chunk.choices:
                text.append(choice.delta.content or "")
                refusal += choice.delta.refusal or ""
                finish = choice.finish_reason or finish
            if on_text:
                on_text(sum(map(len, text)))
        said = "".join(text)
        if refusal or finish == "content_filter":
            raise EngineError("refused", f"{call.model} declined ({refusal[:200] or finish})", usage=usage)
        if finish == "length":
            limit = call.max_output_tokens
            raise EngineError("cut-off", f"the answer of {call.model} was longer than {limit} tokens", usage=usage)
        if not said.strip():
            raise EngineError("empty", f"{call.model} answered nothing ({finish or 'no reason given'})", usage=usage)
        return Reply(text=said, usage=usage)

    async def close(self) -> None:
        await self._client.close()


def _part(part: Part) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    data = base64.b64encode(part.data).decode()
    return {"type": "image_url", "image_url": {"url": f"data:{part.media_type};base64,{data}"}}


def _trouble(error: openai.APIStatusError) -> EngineError:
    code = error.status_code
    trouble: Trouble = _STATUS.get(code, "away" if code >= 500 else "busy" if code == 429 else "request")
    if code == 429 and error.code == "insufficient_quota":
        trouble = "quota"
    wait = seconds_until(error.response.headers.get("retry-after"))
    return EngineError(trouble, f"{code} {error.message[:300]}", retry_after=wait)
