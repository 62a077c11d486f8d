// live.cpp: the lines of the live screen.
#include "cli/live.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "figures/progress.hpp"
#include "figures/text.hpp"

namespace atelier {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

std::string labelled(std::string_view label, std::string_view value, Colour colour) {
  return fmt::format("{} {}", inked(label, Ink::dim, colour), value);
}

/// Values of epoch e stand at e - 1; epochs that were not seen (before a resume) stay gaps.
void put(std::vector<double>& values, int epoch, double value) {
  if (epoch < 1) return;
  values.resize(std::max(values.size(), static_cast<std::size_t>(epoch)), kUnknown);
  values[static_cast<std::size_t>(epoch) - 1] = value;
}

std::string bar(double fraction, int width, Colour colour) {
  const std::string text = progress_bar(fraction, width);
  const std::size_t full = std::min(text.find("░"), text.size());
  return inked(text.substr(0, full), Ink::accent, colour) + inked(text.substr(full), Ink::dim, colour);
}

}  // namespace

TrainingView::TrainingView(LiveRegion::Seams seams) : now_(seams.now), region_(std::move(seams)) {}

void TrainingView::start(const Start& start) {
  start_ = start;
  const Terminal& terminal = region_.terminal();
  const std::string data =
      fmt::format("{}   {} train · {} validation", inked(printable(start.dataset), Ink::bold, terminal.colour),
                  grouped(start.train), grouped(start.validation));
  const int room = terminal.width - cells(data) - cells(start.network);
  if (!terminal.interactive)
    region_.print(data + "   " + start.network);
  else if (room >= 4)
    region_.print(data + std::string(static_cast<std::size_t>(std::min(room - 1, 10)), ' ') + start.network);
  else
    region_.print(data + "\n" + start.network);
  if (region_.due()) region_.draw(screen());
}

void TrainingView::progress(const Progress& progress) {
  progress_ = progress;
  if (!began_) began_ = {now_(), done()};
  if (!region_.due()) return;
  seen_ = now_();
  region_.draw(screen());
}

void TrainingView::epoch_end(const EpochEnd& epoch) {
  last_ = epoch;
  start_.epochs = epoch.epochs;
  progress_ = {epoch.epoch, 1, epoch.samples_per_second};
  put(validation_.values, epoch.epoch, epoch.val_accuracy.value_or(epoch.val_loss));
  put(train_.values, epoch.epoch, epoch.val_accuracy ? epoch.train_accuracy.value_or(kUnknown) : epoch.train_loss);
  validation_.name = epoch.val_accuracy ? "validation accuracy" : "validation loss";
  curve_width_ = 0;
  seen_ = now_();
  if (!began_) began_ = {seen_, done()};
  if (region_.due())
    region_.draw(screen());
  else if (!region_.terminal().interactive)
    region_.print(status_line(0));
}

void TrainingView::end() {
  if (began_ && region_.terminal().interactive) region_.draw(screen());
  region_.release();
}

double TrainingView::done() const {
  return (progress_.epoch - 1 + std::clamp(progress_.fraction, 0.0, 1.0)) / std::max(start_.epochs, 1);
}

double TrainingView::seconds_left() const {
  if (!began_ || done() >= 1) return done() >= 1 ? 0 : kUnknown;
  const double spent = std::chrono::duration<double>(seen_ - began_->first).count();
  const double gained = done() - began_->second;
  return spent >= 0.2 && gained > 0 ? (1 - done()) * spent / gained : kUnknown;
}

/// Width 0: without bar and colours, for a line that stays. What matters least goes first where room is short.
std::string TrainingView::status_line(int width) {
  const bool plain = width == 0;
  const Colour colour = plain ? Colour::none : region_.terminal().colour;
  const std::string total = std::to_string(start_.epochs);
  std::string head =
      fmt::format("epoch {}/{}", pad(std::to_string(progress_.epoch), cells(total), Align::right), total);
  if (!plain) head += "  " + bar(done(), width >= 100 ? 20 : 12, colour);

  std::string loss, score, best, speed, left;
  if (last_) {
    const bool accuracy = last_->val_accuracy.has_value();
    const auto number = [accuracy](double v) { return accuracy ? fmt::format("{:.4f}", v) : brief_number(v); };
    loss = "  " + labelled("loss", brief_number(last_->train_loss), colour);
    score =
        "  " + labelled(accuracy ? "val" : "val loss", number(last_->val_accuracy.value_or(last_->val_loss)), colour);
    best = "  " + labelled("best", fmt::format("{} @{}", number(last_->best), last_->best_epoch), colour);
  }
  if (progress_.samples_per_second > 0) speed = "   " + rate(progress_.samples_per_second, start_.unit);
  if (const double seconds = seconds_left(); std::isfinite(seconds) && done() < 1)
    left = "   " + clock_time(seconds) + " left";
  const auto joined = [&] { return fmt::format("{}{}{}{}{}{}", head, loss, score, best, speed, left); };
  for (std::string* part : {&speed, &best, &loss}) {
    if (plain || cells(joined()) < width) break;
    part->clear();
  }
  return joined();
}

std::vector<std::string> TrainingView::screen() {
  const Terminal& terminal = region_.terminal();
  std::vector<std::string> lines{status_line(terminal.width)};
  if (last_ && start_.epochs > 1 && terminal.height >= 12)
    for (const std::string& line : curve(std::min(terminal.width - 1, 79))) lines.push_back(line);
  return lines;
}

const std::vector<std::string>& TrainingView::curve(int width) {
  if (width == curve_width_) return curve_;
  curve_width_ = width;
  const CurveSeries series[] = {validation_, train_};
  curve_ = draw_curve(series, {.width = width, .height = 6, .last_x = start_.epochs}, region_.terminal().colour);
  return curve_;
}

}  // namespace atelier
