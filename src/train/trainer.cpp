// trainer.cpp: one step after the other.
#include "train/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/machine.hpp"

namespace atelier {
namespace {

/// Two digits, as a person writes them: "1000", "0.0012".
std::string number(double value) { return fmt::format("{:g}", std::stod(fmt::format("{:.1e}", value))); }

Result<void> check_options(const TrainerOptions& o, const AnyRule& rule, std::size_t samples) {
  const double rate = o.learning_rate.value_or(rule.learning_rate());
  const auto refuse = [](const std::string& what, const std::string& found, const std::string& range) {
    return fail(Trouble::usage, what + " is out of range", "found " + found + ", it takes " + range);
  };
  if (!(static_cast<float>(rate) > 0) || !std::isfinite(static_cast<float>(rate)))
    return refuse("the learning rate", fmt::format("{}", rate), "a number above 0");
  if (!(o.l2 >= 0) || !std::isfinite(o.l2))
    return refuse("the weight decay", fmt::format("{}", o.l2), "a number from 0");
  if (!(o.averaging >= 0 && o.averaging < 1))
    return refuse("the averaging", fmt::format("{}", o.averaging), "a number in [0, 1)");
  if (!(o.clip_norm >= 0) || !(o.clip_value >= 0))
    return refuse("clipping", "a negative or no number", "numbers from 0");
  if (o.epochs < 1) return refuse("the number of epochs", fmt::format("{}", o.epochs), "a number from 1");
  const double decay = o.decoupled_decay.value_or(0);
  if (!(decay >= 0) || !std::isfinite(decay))
    return refuse("the decoupled decay", fmt::format("{}", decay), "a number from 0");
  if (!(o.schedule.factor > 0 && o.schedule.factor <= 1))
    return refuse("the schedule's factor", fmt::format("{}", o.schedule.factor), "a number in (0, 1]");
  if (!(o.warmup_epochs >= 0) || !std::isfinite(o.warmup_epochs) || !(o.drop_epochs > 0))
    return refuse("the schedule", "a negative or no number of epochs", "numbers from 0");
  if (auto known = schedule_name(o.schedule.name); !known) return pass_on(known);
  if (samples == 0) return fail(Trouble::data, "there is nothing to train on", "the training set has no samples");
  if (o.batch_size == 0 || o.batch_size > samples) {
    return fail(Trouble::usage, "the batch size does not fit the data",
                fmt::format("found {}, the training set has {} samples", o.batch_size, samples),
                fmt::format("choose a batch size from 1 to {}", samples));
  }
  return {};
}

bool normalises_batches(const Network<float>& network) {
  const auto& layers = network.architecture().layers;
  return std::any_of(layers.begin(), layers.end(), [](const Layer& l) { return std::holds_alternative<BatchNorm>(l); });
}

Result<void> check_fit(const Network<float>& network, const Dataset& data, const Loss& loss) {
  if (network.inputs() != data.width()) {
    return fail(Trouble::data, "the data do not fit the network",
                fmt::format("samples have {} features, the network takes {}", data.width(), network.inputs()));
  }
  if (network.outputs() != data.outputs()) {
    return fail(Trouble::data, "the data do not fit the network",
                fmt::format("the data have {} {}, the network gives {} outputs", data.outputs(),
                            data.is_classification() ? "classes" : "target values", network.outputs()));
  }
  const bool regression = std::visit([](const auto& l) { return l.regression; }, loss);
  if (regression == data.is_classification()) {
    return fail(Trouble::usage, "the loss does not fit the data",
                data.is_classification() ? "the loss is one for regression, the targets are classes"
                                         : "the loss is one for classes, the targets are numbers",
                data.is_classification() ? "use cross_entropy or squared_error" : "use mean_squared_error");
  }
  return {};
}

}  // namespace

Result<Trainer> Trainer::create(Network<float> network, Dataset data, AnyRule rule, Loss loss,
                                const TrainerOptions& options, std::shared_ptr<ThreadPool> pool) {
  if (auto fits = check_fit(network, data, loss); !fits) return pass_on(fits);
  if (auto valid = check_options(options, rule, data.size()); !valid) return pass_on(valid);
  if (auto valid = std::visit([](const auto& l) { return check_knobs(l); }, loss); !valid) return pass_on(valid);
  if (options.batch_size == 1 && normalises_batches(network)) {
    return fail(Trouble::usage, "BatchNorm needs batches of at least two samples", "found a batch size of 1",
                "choose a larger batch size, or layer_norm");
  }
  const double bytes = BatchPass<float>::bytes_for(network, options.batch_size);
  if (bytes > 0.8 * machine_memory()) {
    return fail(Trouble::usage, "a batch does not fit into this machine's memory",
                fmt::format("{} rows need about {:.0f} GB, the machine has {:.0f} GB", options.batch_size, bytes / 1e9,
                            machine_memory() / 1e9),
                "choose a smaller batch size, or narrower layers");
  }
  return Trainer(std::move(network), std::move(data), std::move(rule), loss, options, std::move(pool));
}

Trainer::Trainer(Network<float> network, Dataset data, AnyRule rule, Loss loss, const TrainerOptions& options,
                 std::shared_ptr<ThreadPool> pool)
    : network_(std::move(network)),
      data_(std::move(data)),
      rule_(std::move(rule)),
      loss_(loss),
      options_(options),
      pool_(std::move(pool)),
      pass_(network_, options.batch_size, BatchPass<float>::For::training),
      state_(network_.parameters().size() * static_cast<std::size_t>(rule_.slots())),
      average_(options.averaging > 0 ? network_.parameters().size() : 0),
      gradient_(options.clip_norm > 0 ? network_.parameters().size() : 0),
      scalars_(static_cast<std::size_t>(rule_.scalars())),
      tile_squares_(network_.tiles().size()),
      tile_bad_(network_.tiles().size()),
      order_(data_.size()) {
  const auto epoch_steps = static_cast<double>(steps_per_epoch());
  options_.schedule.total = options_.epochs * epoch_steps;
  options_.schedule.warmup = options_.warmup_epochs * epoch_steps;
  options_.schedule.every = options_.drop_epochs * epoch_steps;
  if (average_.size() > 0) std::copy(network_.parameters().begin(), network_.parameters().end(), average_.data());
}

std::int64_t Trainer::steps_per_epoch() const {
  return static_cast<std::int64_t>((data_.size() + options_.batch_size - 1) / options_.batch_size);
}

/// The order of samples is a function of seed and epoch.
void Trainer::arrange_epoch() {
  const std::int64_t epoch = step_ / steps_per_epoch();
  if (step_ % steps_per_epoch() == 0) totals_ = {};
  if (epoch == ordered_epoch_) return;
  std::iota(order_.begin(), order_.end(), 0u);
  shuffle(order_, Philox(options_.seed, stream::of(stream::order, static_cast<std::uint64_t>(epoch))));
  ordered_epoch_ = epoch;
}

Result<StepReport> Trainer::step() {
  if (failure_) return std::unexpected(*failure_);
  const FlushDenormals flush;
  arrange_epoch();
  const std::size_t first = static_cast<std::size_t>(step_ % steps_per_epoch()) * options_.batch_size;
  const std::size_t rows = std::min(options_.batch_size, data_.size() - first);
  const auto source = [&](std::size_t i, std::span<float> x) -> Target<float> {
    const std::size_t ahead = first + options_.batch_size + i;
    if (ahead < order_.size()) data_.prefetch(order_[ahead]);
    const std::uint32_t sample = order_[first + i];
    data_.features(sample, x);
    if (data_.is_classification()) return {data_.label(sample), nullptr};
    return {-1, data_.target(sample).data()};
  };
  step_++;
  const BatchScore score = pass_.train(*pool_, network_, loss_, rows, source, options_.seed, step_);
  const double rate = options_.learning_rate.value_or(rule_.learning_rate()) * options_.schedule.at(step_);
  if (!std::isfinite(score.loss)) return diverged("the loss is no longer a number", pass_.first_not_finite(), rate);

  const AnyTick tick = rule_.begin_step({step_, score.loss}, scalars_.data());
  const double scale = options_.clip_norm > 0 ? clip_scale() : 1;
  if (!std::isfinite(scale) || update(tick, rate, scale)) {
    const auto bad = std::find(tile_bad_.begin(), tile_bad_.end(), 1) - tile_bad_.begin();
    std::optional<std::size_t> layer;
    if (bad < static_cast<std::ptrdiff_t>(tile_bad_.size())) {
      layer = network_.blocks()[network_.tiles()[static_cast<std::size_t>(bad)].block].layer;
    }
    return diverged("a gradient is no longer a number", layer, rate);
  }
  totals_.loss_sum += score.loss * static_cast<double>(rows);
  totals_.samples += rows;
  totals_.correct += score.correct;
  return StepReport{step_, score.loss, rows, score.correct, rate};
}

/// Makes the whole gradient and returns what brings its norm down to the limit; not finite where the norm is not.
double Trainer::clip_scale() {
  pool_->run(network_.tiles().size(), [&](std::size_t t) {
    const Tile& tile = network_.tiles()[t];
    float* const g = gradient_.data() + tile.offset;
    pass_.tile_gradient(network_, tile, g);
    per_isa([&] {
      tile_squares_[t] = lane_sum<double>(
          tile.count, [&](std::size_t i) { return static_cast<double>(g[i]) * static_cast<double>(g[i]); });
    });
  });
  double squares = 0;
  for (std::size_t t = 0; t < tile_squares_.size(); t++) {
    tile_bad_[t] = !std::isfinite(tile_squares_[t]);
    squares += tile_squares_[t];
  }
  const double norm = math::sqrt(squares);
  if (!std::isfinite(norm)) return norm;
  return norm > options_.clip_norm ? options_.clip_norm / norm : 1;
}

/// Updates every tile while its gradient is hot; true when a gradient was not finite.
bool Trainer::update(const AnyTick& tick, double learning_rate, double scale) {
  const double decay = options_.decoupled_decay.value_or(rule_.decoupled_decay());
  const auto age = static_cast<double>(step_);
  const double average_rate = 1 - std::min(options_.averaging, (1 + age) / (10 + age));  // short memory at first
  float* const parameters = network_.parameters().data();
  pool_->run(network_.tiles().size(), [&](std::size_t t) {
    const Tile& tile = network_.tiles()[t];
    const bool matrix = network_.blocks()[tile.block].spec.matrix;
    alignas(kAlignment) float hot[kPanel * kPanel];
    const bool made = gradient_.size() > 0;
    if (!made) pass_.tile_gradient(network_, tile, hot);
    UpdateSpan<float> sweep{.weight = parameters + tile.offset,
                            .gradient = made ? gradient_.data() + tile.offset : hot,
                            .state = state_.data() + tile.offset,
                            .state_stride = network_.parameters().size(),
                            .count = tile.count,
                            .learning_rate = static_cast<float>(learning_rate),
                            .l2 = matrix ? static_cast<float>(options_.l2) : 0,
                            .decoupled_decay = matrix ? static_cast<float>(decay) : 0,
                            .gradient_scale = static_cast<float>(scale)};
    if (options_.clip_value > 0) sweep.clip_value = static_cast<float>(options_.clip_value);
    if (average_.size() > 0) {
      sweep.average = average_.data() + tile.offset;
      sweep.average_rate = static_cast<float>(average_rate);
    }
    tile_bad_[t] = rule_.sweep(tick, sweep);
    network_.refresh(tile);
  });
  return std::find(tile_bad_.begin(), tile_bad_.end(), 1) != tile_bad_.end();
}

std::unexpected<Error> Trainer::diverged(const std::string& sign, std::optional<std::size_t> layer,
                                         double learning_rate) {
  std::string where;
  if (layer) {
    const Layer& kind = network_.architecture().layers[*layer];
    const bool last = *layer + 1 == network_.placements().size();
    where = last ? ", first seen in the output layer"
                 : fmt::format(", first seen in layer {} ({} of width {})", *layer + 1,
                               std::visit([](const auto& l) { return l.name; }, kind),
                               network_.placements()[*layer].outputs);
  }
  failure_ =
      Error{Trouble::diverged,
            fmt::format("the training diverged at step {} (epoch {})", step_, (step_ - 1) / steps_per_epoch() + 1),
            sign + where + fmt::format("; the learning rate was {}", number(learning_rate)),
            fmt::format("try a learning rate of {}, or clip the gradient's norm at 1", number(learning_rate / 10))};
  return std::unexpected(*failure_);
}

Network<float> Trainer::result() const {
  Network<float> copy = network_.clone();
  if (average_.size() == 0) return copy;
  std::copy(average_.span().begin(), average_.span().end(), copy.parameters().begin());
  copy.refresh();
  return copy;
}

Snapshot Trainer::snapshot() const {
  const auto copy = [](auto values) { return std::vector(values.begin(), values.end()); };
  const auto floats = [&](std::span<const float> values) { return std::vector<float>(values.begin(), values.end()); };
  return {step_,
          totals_,
          floats(network_.parameters()),
          floats(state_.span()),
          floats(average_.span()),
          std::vector<double>(network_.running().begin(), network_.running().end()),
          copy(std::span<const double>(scalars_))};
}

Result<void> Trainer::restore(const Snapshot& s) {
  if (s.parameters.size() != network_.parameters().size() || s.state.size() != state_.size() ||
      s.average.size() != average_.size() || s.running.size() != network_.running().size() ||
      s.scalars.size() != scalars_.size() || s.step < 0) {
    return fail(Trouble::model, "the checkpoint belongs to another training",
                fmt::format("it has {} parameters and {} values of optimizer state, here are {} and {}",
                            s.parameters.size(), s.state.size(), network_.parameters().size(), state_.size()));
  }
  std::copy(s.parameters.begin(), s.parameters.end(), network_.parameters().begin());
  std::copy(s.state.begin(), s.state.end(), state_.data());
  std::copy(s.average.begin(), s.average.end(), average_.data());
  std::copy(s.running.begin(), s.running.end(), network_.running().begin());
  scalars_ = s.scalars;
  step_ = s.step;
  totals_ = s.totals;
  ordered_epoch_ = -1;
  failure_.reset();
  network_.refresh();
  if (step_ % steps_per_epoch() != 0) {  // in mid-epoch: the order of that epoch, the totals as they were
    arrange_epoch();
  }
  return {};
}

}  // namespace atelier
