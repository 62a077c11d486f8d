// question_2.cpp: a network of any widths, and its probability distribution over the classes for one picture, before
// and after a short training. `question_2 256 128 64` has three hidden layers; without arguments it has two.
#include <fmt/core.h>

#include <atelier.hpp>
#include <cstdlib>
#include <iostream>

using namespace atelier;

/// Dense layers of these widths with ReLU between them, and one output a class.
Architecture classifier(std::size_t inputs, const std::vector<std::size_t>& widths, std::size_t classes) {
  Architecture network{inputs, {}};
  for (const std::size_t width : widths) {
    network.layers.push_back(Dense{width});
    network.layers.push_back(Activate{Relu{}});
  }
  network.layers.push_back(Dense{classes});
  return network;
}

void show_answer(const Network<float>& network, const Dataset& picture, ThreadPool& pool) {
  const Matrix<float> probability = predict(network, picture, pool);
  for (std::size_t c = 0; c < picture.outputs(); c++)
    fmt::print("  {:<12} {:5.1f} %\n", picture.class_names()[c], 100 * probability[0, c]);
}

int main(int argc, char** argv) try {
  std::vector<std::size_t> widths{128, 64};
  if (argc > 1) widths.clear();
  for (int i = 1; i < argc; i++) widths.push_back(std::strtoul(argv[i], nullptr, 10));

  const auto pool = std::make_shared<ThreadPool>(2);
  const DataPair data = open_dataset("fashion_mnist").value();
  const Dataset test = data.test.value();
  const std::vector<std::uint32_t> first{0};
  const Dataset picture = test.subset(first);

  const Architecture shape = classifier(data.train.width(), widths, data.train.outputs());
  auto network = Network<float>::build(shape, initialiser("he_normal").value(), 1).value();
  fmt::print("{}: {} parameters\n\nbefore training\n", describe(shape), network.parameter_count());
  show_answer(network, picture, *pool);

  const AnyRule adam = update_rule("adam").value();
  auto trainer = Trainer::create(std::move(network), data.train, adam, CrossEntropy{}, {.epochs = 2}, pool).value();
  while (trainer.epochs_done() < 2) trainer.step().value();

  fmt::print("\nafter two epochs; the true class is {}\n",
             test.class_names()[static_cast<std::size_t>(picture.label(0))]);
  show_answer(trainer.network(), picture, *pool);
  const Evaluation result = evaluate(trainer.network(), trainer.loss(), test, *pool);
  fmt::print("\naccuracy on the test set: {:.2f} %\n", 100 * result.accuracy.value());
} catch (const std::bad_expected_access<Error>& failure) {
  std::cerr << describe(failure.error());
  return 1;
}
