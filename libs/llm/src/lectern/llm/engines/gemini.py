"""Gemini through google-genai's streaming `generateContent`."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from google import genai
from google.genai import errors, types

from lectern.contracts.usage import Usage
from lectern.llm.engines.call import Call, EngineError, OnText, Part, Reply, Source, Trouble
from lectern.worker.retry_after import seconds_until

_REFUSALS = {
    "SAFETY",
    "RECITATION",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "IMAGE_SAFETY",
    "MODEL_ARMOR",
    "LANGUAGE",
}
_STATUS: dict[int, Trouble] = {400: "request", 401: "key", 403: "key", 404: "request", 408: "slow", 429: "busy"}


class GeminiEngine:
    """The Gemini API. The key goes into a header of requests and nowhere else."""

    name = "gemini"

    def __init__(self, api_key: str, *, base_url: str = "") -> None:
        options = types.HttpOptions(
            base_url=base_url or None,
            retry_options=types.HttpRetryOptions(attempts=1),  # retries are ours: they honour Retry-After
        )
        self._client = genai.Client(api_key=api_key, http_options=options, vertexai=False)

    async def generate(self, call: Call, on_text: OnText | None = None) -> Reply:
        try:
            async with asyncio.timeout(call.timeout_seconds):
                return await self._stream(call, on_text)
        except TimeoutError:
            raise EngineError("slow", f"{call.model} did not answer within {call.timeout_seconds:g} s") from None
        except errors.APIError as error:
            raise _trouble(error) from error
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise EngineError("away", f"the connection to {call.model} broke ({type(error).__name__})") from error
        except Exception as error:
            if type(error).__module__.split(".")[0] in ("aiohttp", "httpx2", "httpcore", "httpcore2", "requests"):
                raise EngineError("away", f"the connection to {call.model} broke ({type(error).__name__})") from error
            raise

    async def _stream(self, call: Call, on_text: OnText | None) -> Reply:
        text: list[str] = []
        usage = Usage(kind="model", name=call.model, requests=1)
        finish, refusal = "", ""
        sources: dict[str, Source] = {}
        stream = await self._client.aio.models.generate_content_stream(
            model=call.model,
            contents=[types.Content(role="user", parts=[_part(part) for part in call.parts])],
            config=_config(call),
        )
        async for chunk in stream:
            usage = _usage(call.model, chunk.usage_metadata) or usage
            if chunk.prompt_feedback and chunk.prompt_feedback.block_reason:
                refusal = str(chunk.prompt_feedback.block_reason.value)
            for candidate in chunk.candidates or []:
                pieces = (candidate.content.parts or []) if candidate.content else []
                text += [piece.text for piece in pieces if piece.text and not piece.thought]
                finish = str(candidate.finish_reason.value) if candidate.finish_reason else finish
                sources.update({source.url: source for source in _sources(candidate)})
            if on_text:
                on_text(sum(map(len, text)))
        said = "".join(text)
        if refusal or finish in _REFUSALS:
            raise EngineError("refused", f"{call.model} declined ({refusal or finish})", usage=usage)
        if finish == "MAX_TOKENS":
            limit = call.max_output_tokens
            raise EngineError("cut-off", f"the answer of {call.model} was longer than {limit} tokens", usage=usage)
        if not said.strip():
            raise EngineError("empty", f"{call.model} answered nothing ({finish or 'no reason given'})", usage=usage)
        return Reply(text=said, usage=usage, sources=tuple(sources.values()))

    async def close(self) -> None:
        await self._client.aio.aclose()


def _part(part: Part) -> types.Part:
    if isinstance(part, str):
        return types.Part.from_text(text=part)
    return types.Part.from_bytes(data=part.data, mime_type=part.media_type)


def _config(call: Call) -> types.GenerateContentConfig:
    structured: dict[str, Any] = {}
    if call.schema is not None and not call.search:
        structured = {"response_mime_type": "application/json", "response_json_schema": call.schema}
    thinking = (
        types.ThinkingConfig(thinking_level=types.ThinkingLevel(call.thinking.upper())) if call.thinking else None
    )
    return types.GenerateContentConfig(
        system_instruction=call.instructions,
        max_output_tokens=call.max_output_tokens,
        thinking_config=thinking,
        tools=[types.Tool(google_search=types.GoogleSearch())] if call.search else None,
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        **structured,
    )


def _usage(model: str, said: types.GenerateContentResponseUsageMetadata | None) -> Usage | None:
    if said is None:
        return None
    return Usage(
        kind="model",
        name=model,
        requests=1,
        input=(said.prompt_token_count or 0) + (said.tool_use_prompt_token_count or 0),
        cached=said.cached_content_token_count or 0,
        thinking=said.thoughts_token_count or 0,
        output=said.candidates_token_count or 0,
    )


def _sources(candidate: types.Candidate) -> list[Source]:
    grounding = candidate.grounding_metadata
    webs = [chunk.web for chunk in (grounding.grounding_chunks or []) if chunk.web] if grounding else []
    return [Source(title=web.title or web.uri, url=web.uri) for web in webs if web.uri]


def _trouble(error: errors.APIError) -> EngineError:
    """The service's error in our words. Its message is kept; the request (and its key) is not in it."""
    message = (error.message or error.status or "no reason given")[:300]
    code = error.code or 0
    trouble = _STATUS.get(code, "away" if code >= 500 or not code else "request")
    lowered = message.lower()
    if trouble == "request" and "api key" in lowered:
        trouble = "key"
    if trouble == "busy" and ("per day" in lowered or "billing" in lowered or "exceeded your current quota" in lowered):
        trouble = "quota"
    headers = getattr(error.response, "headers", None) or {}
    return EngineError(trouble, f"{code} {message}", retry_after=seconds_until(headers.get("retry-after")))
