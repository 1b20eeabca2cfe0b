"""Gemini through google-genai's streaming `generateContent`."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import httpx
from google import genai
from google.genai import errors, types

from lectern.contracts.usage import Usage
from lectern.llm.engines.results import build_completion, connection_error, error_for_status, timeout_error
from lectern.llm.errors import KeyRejected, ModelError, QuotaExhausted, RateLimited, RequestRejected
from lectern.llm.request import Citation, Completion, ImagePart, ModelRequest, OnText, PromptPart
from lectern.worker import parse_retry_after

_REFUSAL_REASONS = {
    "SAFETY",
    "RECITATION",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "IMAGE_SAFETY",
    "MODEL_ARMOR",
    "LANGUAGE",
}
_QUOTA_SIGNS = ("per day", "billing", "exceeded your current quota")  # in the message of a 429
_CONNECTION_LIBRARIES = {"aiohttp", "httpx2", "httpcore", "httpcore2", "requests"}


class GeminiModelEngine:
    """The Gemini API. The key is sent in a header of requests and used nowhere else."""

    def __init__(self, api_key: str, *, base_url: str = "") -> None:
        options = types.HttpOptions(
            base_url=base_url or None,
            retry_options=types.HttpRetryOptions(attempts=1),  # the client retries, and honours Retry-After
        )
        self._client = genai.Client(api_key=api_key, http_options=options, vertexai=False)

    async def generate(self, request: ModelRequest, on_text: OnText | None = None) -> Completion:
        try:
            async with asyncio.timeout(request.timeout_seconds):
                return await self._stream(request, on_text)
        except TimeoutError:
            raise timeout_error(request) from None
        except errors.APIError as error:
            raise _model_error(error) from error
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise connection_error(request, error) from error
        except Exception as error:
            if type(error).__module__.split(".")[0] in _CONNECTION_LIBRARIES:
                raise connection_error(request, error) from error
            raise

    async def _stream(self, request: ModelRequest, on_text: OnText | None) -> Completion:
        pieces: list[str] = []
        usage = Usage(kind="model", name=request.model, requests=1)
        finish_reason, block_reason = "", ""
        citations: dict[str, Citation] = {}
        stream = await self._client.aio.models.generate_content_stream(
            model=request.model,
            contents=[types.Content(role="user", parts=[_part(part) for part in request.parts])],
            config=_config(request),
        )
        async for chunk in stream:
            usage = _usage(request.model, chunk.usage_metadata) or usage
            if chunk.prompt_feedback and chunk.prompt_feedback.block_reason:
                block_reason = str(chunk.prompt_feedback.block_reason.value)
            for candidate in chunk.candidates or []:
                parts = (candidate.content.parts or []) if candidate.content else []
                pieces += [part.text for part in parts if part.text and not part.thought]
                finish_reason = str(candidate.finish_reason.value) if candidate.finish_reason else finish_reason
                citations.update({citation.url: citation for citation in _citations(candidate)})
            if on_text:
                on_text(sum(map(len, pieces)))
        return build_completion(
            request,
            "".join(pieces),
            usage,
            refusal=block_reason or (finish_reason if finish_reason in _REFUSAL_REASONS else ""),
            truncated=finish_reason == "MAX_TOKENS",
            finish_reason=finish_reason,
            citations=tuple(citations.values()),
        )

    async def close(self) -> None:
        await self._client.aio.aclose()


def _part(part: PromptPart) -> types.Part:
    if isinstance(part, ImagePart):
        return types.Part.from_bytes(data=part.data, mime_type=part.media_type)
    return types.Part.from_text(text=part)


def _encode_images(request: ModelRequest) -> types.HttpOptions | None:
    """Options that send the parts with images in standard base64: the library writes them in the URL-safe alphabet.

    The API reads both; what stands in for it, such as a proxy that hands images on as data URLs, may not.
    """
    if not any(isinstance(part, ImagePart) for part in request.parts):
        return None
    parts: list[dict[str, Any]] = [
        {"inlineData": {"data": base64.b64encode(part.data).decode(), "mimeType": part.media_type}}
        if isinstance(part, ImagePart)
        else {"text": part}
        for part in request.parts
    ]
    return types.HttpOptions(extra_body={"contents": [{"role": "user", "parts": parts}]})


def _config(request: ModelRequest) -> types.GenerateContentConfig:
    structured: dict[str, Any] = {}
    if request.schema is not None and not request.search:
        structured = {"response_mime_type": "application/json", "response_json_schema": request.schema}
    level = types.ThinkingLevel(request.thinking.upper()) if request.thinking else None
    return types.GenerateContentConfig(
        http_options=_encode_images(request),
        system_instruction=request.instructions,
        max_output_tokens=request.max_output_tokens,
        thinking_config=types.ThinkingConfig(thinking_level=level) if level else None,
        tools=[types.Tool(google_search=types.GoogleSearch())] if request.search else None,
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        **structured,
    )


def _usage(model: str, metadata: types.GenerateContentResponseUsageMetadata | None) -> Usage | None:
    if metadata is None:
        return None
    return Usage(
        kind="model",
        name=model,
        requests=1,
        input=(metadata.prompt_token_count or 0) + (metadata.tool_use_prompt_token_count or 0),
        cached=metadata.cached_content_token_count or 0,
        thinking=metadata.thoughts_token_count or 0,
        output=metadata.candidates_token_count or 0,
    )


def _citations(candidate: types.Candidate) -> list[Citation]:
    grounding = candidate.grounding_metadata
    pages = [chunk.web for chunk in (grounding.grounding_chunks or []) if chunk.web] if grounding else []
    return [Citation(title=page.title or page.uri, url=page.uri) for page in pages if page.uri]


def _model_error(error: errors.APIError) -> ModelError:
    """The service's error as one of ours. It keeps the message, which quotes neither the request nor its key."""
    message = (error.message or error.status or "no reason given")[:300]
    status = error.code or 0
    kind = error_for_status(status)
    lowered = message.lower()
    if kind is RequestRejected and "api key" in lowered:
        kind = KeyRejected
    if kind is RateLimited and any(sign in lowered for sign in _QUOTA_SIGNS):
        kind = QuotaExhausted
    headers = getattr(error.response, "headers", None) or {}
    return kind(f"{status} {message}", retry_after=parse_retry_after(headers.get("retry-after")))
