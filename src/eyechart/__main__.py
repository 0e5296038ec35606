"""The command line as a module, which is how torchrun starts it: ``torchrun -m eyechart learn``."""

from eyechart.cli import main

if __name__ == "__main__":
    main()
