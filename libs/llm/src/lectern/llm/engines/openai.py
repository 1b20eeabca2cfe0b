"""Any endpoint with OpenAI's chat completions: Ollama, vLLM, llama.cpp, a gateway."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import openai
from openai.types import CompletionUsage

from lectern.contracts.usage import Usage
from lectern.llm.engines.results import build_completion, connection_error, error_for_status, timeout_error
from lectern.llm.errors import ModelError, QuotaExhausted
from lectern.llm.request import Completion, ImagePart, ModelRequest, OnText, PromptPart
from lectern.worker import parse_retry_after


class OpenAIModelEngine:
    """An OpenAI-compatible endpoint. Local servers accept any key."""

    def __init__(self, base_url: str, *, api_key: str = "") -> None:
        self._client = openai.AsyncOpenAI(base_url=base_url, api_key=api_key or "none", max_retries=0)

    async def generate(self, request: ModelRequest, on_text: OnText | None = None) -> Completion:
        try:
            async with asyncio.timeout(request.timeout_seconds):
                return await self._stream(request, on_text)
        except (TimeoutError, openai.APITimeoutError):
            raise timeout_error(request) from None
        except openai.APIStatusError as error:
            raise _model_error(error) from error
        except (openai.APIError, OSError, ValueError) as error:
            raise connection_error(request, error) from error

    async def _stream(self, request: ModelRequest, on_text: OnText | None) -> Completion:
        pieces: list[str] = []
        usage = Usage(kind="model", name=request.model, requests=1)
        finish_reason, refusal = "", ""
        messages: Any = [
            {"role": "system", "content": request.instructions},
            {"role": "user", "content": [_part(part) for part in request.parts]},
        ]
        structured: dict[str, Any] = {}
        if request.schema is not None:
            structured["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": request.schema, "strict": False},
            }
        stream = await self._client.chat.completions.create(
            model=request.model,
            messages=messages,
            max_completion_tokens=request.max_output_tokens,
            stream=True,
            stream_options={"include_usage": True},
            **structured,
        )
        async for chunk in stream:
            if chunk.usage:
                usage = _usage(request.model, chunk.usage)
            for choice in chunk.choices:
                pieces.append(choice.delta.content or "")
                refusal += choice.delta.refusal or ""
                finish_reason = choice.finish_reason or finish_reason
            if on_text:
                on_text(sum(map(len, pieces)))
        return build_completion(
            request,
            "".join(pieces),
            usage,
            refusal=refusal[:200] or (finish_reason if finish_reason == "content_filter" else ""),
            truncated=finish_reason == "length",
            finish_reason=finish_reason,
        )

    async def close(self) -> None:
        await self._client.close()


def _part(part: PromptPart) -> dict[str, Any]:
    if isinstance(part, ImagePart):
        data = base64.b64encode(part.data).decode()
        return {"type": "image_url", "image_url": {"url": f"data:{part.media_type};base64,{data}"}}
    return {"type": "text", "text": part}


def _usage(model: str, reported: CompletionUsage) -> Usage:
    prompt, completion = reported.prompt_tokens_details, reported.completion_tokens_details
    thinking = (completion.reasoning_tokens if completion else 0) or 0
    return Usage(
        kind="model",
        name=model,
        requests=1,
        input=reported.prompt_tokens,
        cached=(prompt.cached_tokens if prompt else 0) or 0,
        thinking=thinking,
        output=reported.completion_tokens - thinking,
    )


def _model_error(error: openai.APIStatusError) -> ModelError:
    """The endpoint's error as one of ours."""
    status = error.status_code
    kind = error_for_status(status)
    if status == 429 and error.code == "insufficient_quota":
        kind = QuotaExhausted
    retry_after = parse_retry_after(error.response.headers.get("retry-after"))
    return kind(f"{status} {error.message[:300]}", retry_after=retry_after)
