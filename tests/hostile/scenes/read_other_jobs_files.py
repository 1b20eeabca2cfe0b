"""Lists the pool's folders and reads a neighbour's job: it must not see its code or footage."""

# ends: ok

import json
import os

from manim import Scene

TARGETS = json.load(open("assets/targets.json"))


class Hostile(Scene):
    def construct(self):
        for place in (
            "..",
            "../..",
            TARGETS["home"],
            TARGETS["home"] + "/pool/jobs",
            TARGETS["home"] + "/pool/footage",
            "/proc/self/cwd/..",
        ):
            try:
                seen = os.listdir(place)
                print(
                    "ESCAPED" if [name for name in seen if name.startswith(("job-", "lectern-"))] else "nobody:",
                    place,
                    seen,
                )
            except OSError as error:
                print("refused", place, error)
        for path in TARGETS["files"]:
            for way in (path, f"/proc/self/root{path}", f"{os.getcwd()}/../../../../../../..{path}"):
                try:
                    print("ESCAPED", open(way).read())
                except OSError as error:
                    print("refused", way, error)
        self.wait(0.1)
