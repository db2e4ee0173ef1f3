"""Fetch the pinned front-end packages again: python static/vendor/refresh.py (needs npm).

Takes the named files out of each package, takes out what only gov.uk may use
(GDS Transport, the crest), and writes lock.json, which a test holds the files to.
"""

import base64
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
WEIGHTS = ("400", "600", "700")
SUBSETS = ("latin", "latin-ext")
FILES = {
    "govuk-frontend@6.3.0": {
        "dist/govuk/govuk-frontend.min.css": "govuk-frontend.min.css",
        "dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
    },
    "@ministryofjustice/frontend@11.1.0": {
        "moj/moj-frontend.min.css": "moj-frontend.min.css",
    },
    "@fontsource/inter@5.3.0": {
        f"files/inter-{s}-{w}-normal.woff2": f"fonts/inter-{s}-{w}.woff2"
        for s in SUBSETS
        for w in WEIGHTS
    }
    | {"LICENSE": "fonts/OFL.txt"},
    "@fontsource-variable/inter@5.3.0": {
        f"files/inter-{s}-wght-normal.woff2": f"fonts/inter-{s}-variable.woff2" for s in SUBSETS
    },
}


def sha512(data: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def without_govuk_identity(css: str) -> str:
    css = re.sub(r"@font-face\{[^}]*GDS Transport[^}]*\}", "", css)
    css = css.replace("GDS Transport", "Inter")
    css = css.replace("url(/assets/images/govuk-crest.svg)", "none")
    css = css.replace("url(/assets/images/", "url(images/")
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)


def adapted(name: str, data: bytes) -> bytes:
    if name.endswith(".css"):
        return without_govuk_identity(data.decode()).encode()
    if name.endswith(".js"):
        return re.sub(r"//# sourceMappingURL=\S+", "", data.decode()).encode()
    return data


def inside(archive: tarfile.TarFile, path: str) -> bytes:
    found = archive.extractfile(f"package/{path}")
    if found is None:
        raise SystemExit(f"{path} is not in the package any more")
    return found.read()


def packed(package: str, folder: str) -> bytes:
    command = ["npm", "pack", "--silent", package]  # a fixed list: nothing of anybody's in it
    done = subprocess.run(  # noqa: S603
        command, cwd=folder, check=True, capture_output=True, text=True
    )
    return (Path(folder) / done.stdout.strip().splitlines()[-1]).read_bytes()


def refresh() -> None:
    lock_file = HERE / "lock.json"
    known = json.loads(lock_file.read_text())["packages"] if lock_file.exists() else {}
    packages: dict[str, str] = {}
    files: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for package, wanted in FILES.items():
            data = packed(package, folder)
            packages[package] = sha512(data)
            if known.get(package, packages[package]) != packages[package]:
                raise SystemExit(f"{package} is not the package it was: nothing changed")
            tarball = Path(folder) / "package.tgz"
            tarball.write_bytes(data)
            with tarfile.open(tarball) as archive:
                chosen = dict(wanted)
                if "moj/moj-frontend.min.css" in chosen:
                    css = inside(archive, "moj/moj-frontend.min.css").decode()
                    for icon in sorted(set(re.findall(r"/images/(icon-[\w-]+\.svg)", css))):
                        chosen[f"moj/assets/images/{icon}"] = f"images/{icon}"
                for source, target in chosen.items():
                    content = adapted(target, inside(archive, source))
                    (HERE / target).parent.mkdir(exist_ok=True)
                    (HERE / target).write_bytes(content)
                    files[target] = sha512(content)
    lock_file.write_text(json.dumps({"packages": packages, "files": files}, indent=2) + "\n")


if __name__ == "__main__":
    refresh()
