// live.hpp: a training as it is watched: a live screen on a terminal, one plain line an epoch elsewhere.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "figures/curve.hpp"
#include "figures/live_region.hpp"

namespace atelier {

/// Draws what it is told of a training. Cheap enough to be told every step: it draws at most 20 times a second.
/// Not for use from two threads at once.
class TrainingView {
 public:
  struct Start {
    std::string dataset = {};
    std::uint64_t train = 0, validation = 0;  ///< samples
    std::string network = {};                 ///< "784 → 256 relu → 10 softmax"
    int epochs = 1;
    std::string unit = "img/s";  ///< "rows/s" where samples are no pictures
  };
  struct Progress {
    int epoch = 1;        ///< the one that runs, from 1
    double fraction = 0;  ///< of this epoch, in [0, 1]
    double samples_per_second = 0;
  };
  /// Without accuracies (a regression) the losses are shown and drawn, and `best` is a loss.
  struct EpochEnd {
    int epoch = 1, epochs = 1;
    double train_loss = 0;
    std::optional<double> train_accuracy = {};
    double val_loss = 0;
    std::optional<double> val_accuracy = {};
    double best = 0;
    int best_epoch = 1;
    double samples_per_second = 0;
  };

  /// Usually stream_seams(2): the view is a message, standard output carries data.
  explicit TrainingView(LiveRegion::Seams seams);

  void start(const Start& start);
  void progress(const Progress& progress);
  void epoch_end(const EpochEnd& epoch);
  /// A line that stays, for a warning while the training runs.
  void note(std::string_view line) { region_.print(line); }
  /// Draws the last state and leaves it standing; what is written next begins below. Also before an error is shown.
  void end();

 private:
  std::string status_line(int width);
  std::vector<std::string> screen();
  const std::vector<std::string>& curve(int width);
  double seconds_left() const;
  double done() const;  ///< of the whole training, in [0, 1]

  std::function<LiveRegion::Time()> now_;
  LiveRegion region_;
  Start start_;
  Progress progress_;
  std::optional<EpochEnd> last_;
  std::optional<std::pair<LiveRegion::Time, double>> began_;  ///< when, and how much had been done by then
  LiveRegion::Time seen_{};
  CurveSeries train_{.name = "train", .dotted = true}, validation_{.name = "validation"};
  std::vector<std::string> curve_;
  int curve_width_ = 0;
};

}  // namespace atelier
