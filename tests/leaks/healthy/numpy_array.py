# SPDX-License-Identifier: MIT
"""A model whose weights fill most of the memory, as they should."""
import numpy


class Model:
    def __init__(self, generator):
        self.weights = generator.normal(size=(2000, 2000))
        self.bias = numpy.zeros(2000)

    def predict(self, sample):
        return self.weights @ sample + self.bias


def main():
    generator = numpy.random.default_rng(1)
    model = Model(generator)
    for hour in (1, 2):
        best = [int(model.predict(generator.normal(size=2000)).argmax()) for _ in range(50)]
        print("hour", hour, max(best), flush=True)
        input()


if __name__ == "__main__":
    main()
