"""``python -m puhui.cli`` is the same as ``puhui``."""

from puhui.cli import main

main(prog_name="puhui")
