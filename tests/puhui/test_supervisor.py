"""What dies is started again; what is told to stop leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from puhui.supervisor import Child, supervise


def _eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def _sleeper(folder: Path) -> Child:
    script = f"import os, pathlib, time; (pathlib.Path({str(folder)!r}) / str(os.getpid())).touch(); time.sleep(60)"
    return Child("sleeper", [sys.executable, "-c", script], {})


def test_a_killed_child_is_started_again_and_stopping_ends_it(tmp_path: Path) -> None:
    stopped, looked = threading.Event(), threading.Event()
    child = _sleeper(tmp_path)
    thread = threading.Thread(
        target=supervise, args=([child],), kwargs={"stopped": stopped, "keep_database": looked.set}
    )
    thread.start()
    assert _eventually(lambda: len(list(tmp_path.iterdir())) == 1)
    first = int(next(tmp_path.iterdir()).name)
    os.kill(first, signal.SIGKILL)
    assert _eventually(lambda: len(list(tmp_path.iterdir())) == 2)
    assert looked.is_set()
    stopped.set()
    thread.join(10)
    assert child.process is not None
    assert child.process.poll() is not None


def test_a_killed_supervisor_leaves_no_child_behind(tmp_path: Path) -> None:
    child_script = (
        f"import os, pathlib, time; (pathlib.Path({str(tmp_path)!r}) / str(os.getpid())).touch(); time.sleep(60)"
    )
    script = (
        "import sys, threading; from puhui.supervisor import Child, supervise\n"
        f"child = Child('c', [sys.executable, '-c', {child_script!r}], {{}})\n"
        "supervise([child], stopped=threading.Event(), keep_database=lambda: None)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script]) as supervisor:
        assert _eventually(lambda: len(list(tmp_path.iterdir())) == 1)
        supervisor.kill()
    child = int(next(tmp_path.iterdir()).name)
    assert _eventually(lambda: not Path(f"/proc/{child}").exists() or _is_zombie(child))


def _is_zombie(process_id: int) -> bool:
    return ") Z " in Path(f"/proc/{process_id}/stat").read_text()
