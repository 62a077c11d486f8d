// errors.hpp: the samples behind a network's answers, as galleries.
#pragma once
#include "analysis/answers.hpp"

namespace atelier {

/// Kind gallery: the wrong answers that the network was surest of, surest first.
Figure errors_figure(const Answers& answers, std::size_t at_most = 24);

/// Kind gallery: the samples of one class that got one answer (a cell of the confusion matrix), surest first. An error
/// of kind usage for a class that there is not.
Result<Figure> cell_figure(const Answers& answers, int truth, int answer, std::size_t at_most = 60);

}  // namespace atelier
