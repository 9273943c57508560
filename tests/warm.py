"""Compile once what training compiles; else each process of the tests would: ``python -m tests.warm``."""

from connector.evaluate.onward import Onward
from connector.evaluate.simulated import Size, simulated
from connector.recommend.latent import EaseNeighbours


def main() -> None:
    read = simulated(Size(learners=150, items=40))
    Onward().fit(read.log, read.catalogue, int(read.log.times.max()) + 1)
    EaseNeighbours().fit([[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]])


if __name__ == "__main__":
    main()
