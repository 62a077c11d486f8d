// question_1.cpp: one picture of each class of Fashion-MNIST, in the terminal and as question_1.png.
#include <unistd.h>

#include <atelier.hpp>
#include <iostream>

using namespace atelier;

int main() try {
  const DataPair data = open_dataset("fashion_mnist").value();
  const std::vector<Sample> samples = samples_of(data.train).value();
  std::cout << show(samples, look_at(STDOUT_FILENO));
  save(samples_figure(data.train.name(), samples), "question_1.png").value();
} catch (const std::bad_expected_access<Error>& failure) {
  std::cerr << describe(failure.error());
  return 1;
}
