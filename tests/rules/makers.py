"""What makes things in place of models, voices, the sandbox and ffmpeg; and the books of all that was paid for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from lectern.coder.coding import CaptureStills, CodingResult, CodingTask, Preflight, RefusedCode
from lectern.composer.compose import ComposedVideo
from lectern.composer.fan_in import ScenesReady
from lectern.contracts import events as e
from lectern.contracts import keys
from lectern.contracts.ids import new_id
from lectern.contracts.options import VideoOptions
from lectern.contracts.quality import preset
from lectern.contracts.script import Beat, Scene, ScenePlan, Script
from lectern.contracts.usage import Usage
from lectern.llm import Budget, ModelClient, ModelFailed
from lectern.llm.errors import KeyRejected, TruncatedCompletion
from lectern.llm.models import ModelTable, ModelTask, PriceTable
from lectern.llm.prices import TokenPrice
from lectern.llm.request import Completion, ModelRequest, OnText
from lectern.renderer.pool import DecodedFootage, Pool, ProgressCallback, RenderJob, RenderOutcome, SceneResult
from lectern.scripter.model_session import ModelSession
from lectern.scripter.writer import OnProgress, WritingRequest, WrittenScript
from lectern.voice.refusals import VoiceRefused
from lectern.voice.speech import Passage, Speech
from lectern.voice.voices import Voice
from lectern.worker import Job, ObjectStore
from rules.deliveries import PROBLEM, RUN, Run, pass_point

ANSWER_USD = 0.01  # of one answer of the model
VOICES = tuple(
    Voice(id=f"en-US-{name}", language="en-US", gender="female", engine=name, name=name, usd_per_million=price)
    for name, price in (("dear", 300.0), ("cheap", 100.0), ("free", 0.0))
)
RATE = 8000


class Payment(msgspec.Struct, kw_only=True):
    """A call that cost money. `kept` once its answer is where it is found again."""

    run: Run
    call: str
    dollars: float
    kept: bool = False


class Books:
    """Every call that was paid for; `repeated` are those whose answers were kept when they were paid for again."""

    def __init__(self) -> None:
        self.payments: list[Payment] = []
        self.repeated: list[str] = []

    def pay(self, call: str, dollars: float) -> None:
        """Notes a call. One that was frozen may have looked for the answer before another worker stored it."""
        run = RUN.get()
        assert run is not None
        if not run.disturbed and any(each.kept for each in self.payments if each.call == call):
            self.repeated.append(call)
        self.payments.append(Payment(run=run, call=call, dollars=dollars))

    def keep(self, call: str) -> None:
        """The answer to a call has been stored."""
        for each in self.payments:
            each.kept = each.kept or each.call == call

    def keep_spoken(self, event: e.AnyEvent) -> None:
        """The narration that an event asks for has been stored."""
        for each in self.payments:
            if each.call.startswith("voice ") and each.run.event == event:
                self.keep(each.call)


class Model:
    """A model whose answer is a digest of the question. One answer costs `ANSWER_USD`, also one that is cut off."""

    def __init__(self, books: Books) -> None:
        self._books = books

    async def generate(self, request: ModelRequest, on_text: OnText | None = None) -> Completion:
        """See `ModelEngine.generate`."""
        run = RUN.get()
        assert run is not None
        if run.fate in ("transient", "permanent"):
            fate, run.fate = run.fate, "fine"
            if fate == "permanent":
                raise KeyRejected("no")
            self._books.pay(f"cut off {new_id()}", ANSWER_USD)
            raise TruncatedCompletion("too long", usage=Usage(kind="model", name=request.model, requests=1, output=1))
        await pass_point("paid")
        afresh = run.event.revision if isinstance(run.event, e.VideoRequested) else getattr(run.event, "salt", "")
        question = keys.digest(request.instructions, request.parts)
        call = f"model {question} {afresh}"
        self._books.pay(call, ANSWER_USD)
        await pass_point("paid")
        return Completion(text=call, usage=Usage(kind="model", name=request.model, requests=1, output=1))

    async def close(self) -> None: ...


def build_client(books: Books, store: ObjectStore) -> ModelClient:
    """The real client of models, with its cache in the store."""
    table = ModelTable(tasks={"default": ModelTask(models=("m",), max_output_tokens=1)})
    prices = PriceTable(as_of="today", models={"m": TokenPrice(input=0.0, output=ANSWER_USD * 1e6)})
    return ModelClient(Model(books), table, prices, store=_AnswerKeeper(store, books))


class _AnswerKeeper:
    """The store of answers, which tells the books what is kept."""

    def __init__(self, store: ObjectStore, books: Books) -> None:
        self._store, self._books = store, books

    async def get(self, key: str) -> bytes:
        return await self._store.get(key)

    async def put(self, key: str, data: bytes, media_type: str) -> None:
        call = msgspec.json.decode(data)["text"]
        try:
            await self._store.put(key, data, media_type)
        finally:
            try:
                await self._store.get(key)
            except Exception:
                pass
            else:
                self._books.keep(call)


def make_scene(name: str, *, carries: tuple[str, ...] = ()) -> Scene:
    """A scene about something, of which some things go on into the next one."""
    return Scene(title=name, beats=(Beat(text=f"This is {name}."),), plan=ScenePlan(carries=carries))


class PaidWriter:
    """Asks the model twice, as a plan and its draft are, and writes as many scenes as the brief wants.

    The second goes on with the first, so that it is coded on its cue; a third does not.
    """

    explains_prose = True

    def __init__(self, client: ModelClient) -> None:
        self._client = client

    async def write(self, request: WritingRequest, on_progress: OnProgress | None = None) -> WrittenScript:
        """See `ScriptWriter.write`."""
        session = ModelSession(self._client, request)
        try:
            for step in ("plan", "write"):
                await session.ask("script", step=step, instructions=step, parts=(request.brief.topic,), result=str)
        except ModelFailed as failure:
            raise session.error(failure) from failure
        scenes = tuple(
            make_scene(f"{number} of {request.brief.topic}", carries=("moon",) if number == 1 else ())
            for number in range(1, request.brief.scenes + 1)
        )
        return WrittenScript(script=Script(title="t", scenes=scenes), spent=session.spent)


class PaidVoice:
    """Speaks for money, unless it is among the `refusing`."""

    version = "1"

    def __init__(self, books: Books, refusing: set[str]) -> None:
        self._books, self._refusing = books, refusing

    async def speak(self, texts: tuple[str, ...], voice: Voice, language: str, rate: float) -> Speech:
        """See `SpeechEngine.speak`."""
        await pass_point("work")
        if voice.id in self._refusing:
            raise VoiceRefused(PROBLEM, whole_engine=True)
        run = RUN.get()
        assert run is not None
        characters = sum(map(len, texts))
        dollars = voice.estimate_cost(characters)
        if dollars:
            self._books.pay(name_spoken(voice.id, texts, getattr(run.event, "salt", "")), dollars)
        await pass_point("paid")
        spent = (Usage(kind="voice", name=voice.id, requests=1, characters=characters),)
        passages = tuple(Passage(samples=np.zeros(RATE, dtype=np.int16), rate=RATE) for _ in texts)
        return Speech(passages=passages, timing="estimated", silent=True, spent=spent)

    async def close(self) -> None: ...


def name_spoken(voice: str, texts: tuple[str, ...], salt: str) -> str:
    """The call by which texts are spoken."""
    return f"voice {voice} {keys.digest(texts)} {salt}"


class PaidCoder:
    """Asks the model once, where the scene's budget allows it; its code says what words it draws."""

    def __init__(self, client: ModelClient) -> None:
        self._client = client

    async def code(
        self, task: CodingTask, preflight: Preflight, capture_stills: CaptureStills | None = None
    ) -> CodingResult:
        """See `SceneCoder.code`."""
        return await self._ask(task, "draft")

    async def recode(self, task: CodingTask, refused: RefusedCode, preflight: Preflight) -> CodingResult:
        """See `SceneCoder.recode`."""
        return await self._ask(task, f"repair of version {refused.version}")

    async def _ask(self, task: CodingTask, what: str) -> CodingResult:
        drawing = f"# {keys.digest(task.scene)} "
        question = (what, keys.digest(task.scene))
        try:
            reply = await self._client.ask(
                "code", instructions="", parts=question, result=str, budget=Budget(task.budget_usd), salt=task.salt
            )
        except ModelFailed as failure:
            template = f"{drawing}template"
            return CodingResult(
                source=template, origin="template", fallback=template, degraded=PROBLEM, spent=(failure.usage,)
            )
        return CodingResult(
            source=f"{drawing}{reply.value}", origin="model", fallback=f"{drawing}template", spent=(reply.usage,)
        )


class DrawingPool(Pool):
    """Draws footage whose bytes are the code. The first code of a run whose fate is `refuse` cannot be drawn."""

    def __init__(self, folder: Path, options: VideoOptions) -> None:
        self._folder, self._frame = folder, preset(options.quality, options.aspect)
        self._drawn = 0

    @property
    def slots(self) -> int:
        return 1

    def count_busy(self) -> int:
        return 0

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    def layers(self) -> dict[str, str]:
        return {}

    async def run(self, job: RenderJob, on_progress: ProgressCallback | None = None) -> RenderOutcome:
        await pass_point("work")
        run = RUN.get()
        assert run is not None
        if run.fate == "refuse":
            run.fate = "fine"
            return RenderOutcome(ok=False, result=SceneResult(ok=False))
        self._drawn += 1
        footage = self._folder / f"{self._drawn}.mp4"
        footage.write_bytes(job.code.encode())
        frames = round(job.settings["seconds"] * self._frame.fps)
        decoded = DecodedFootage(
            codec="h264", width=self._frame.width, height=self._frame.height, fps=self._frame.fps, frames=frames,
            pixel_format="yuv420p",
        )  # fmt: skip
        return RenderOutcome(ok=True, footage=footage, decoded=decoded, cpu_seconds=0.1)


async def compose_footage(ready: ScenesReady, job: Job[Any], **_: object) -> ComposedVideo:
    """In place of `compose_video`: joins what the footage says."""
    await pass_point("work")
    parts = [await job.store.get(scene.footage.key) for scene in ready.scenes]
    key = keys.output(job.event.video_id, ready.revision, "video.mp4")
    await job.store.put(key, b"\n".join(parts), "video/mp4")
    output = e.Output(kind="video", key=key, media_type="video/mp4", bytes=1)
    return ComposedVideo(seconds=1.0, frames=60, drift=0.0, loudness=-14.0, outputs=(output,))


def build_flac_writer() -> Callable[..., Any]:
    """In place of `write_flac`: a file of the right name."""

    async def write(pcm: Any, rate: int, samples: int, target: Path, *, level: bool = True) -> None:
        target.write_bytes(b"flac")

    return write
