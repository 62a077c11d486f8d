// curve.cpp: round labels, then lines between points on a raster of 2 x 4 dots a cell.
#include "figures/curve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "figures/text.hpp"

namespace atelier {
namespace {

/// A vertical axis whose every row of cells has a round number at its middle: low, low + step, ...
struct Axis {
  double low = 0, step = 1;
  int rows = 1, places = 0;

  double bottom() const { return low - step / 2; }
  double height() const { return step * rows; }
  std::string label(int row) const {
    const double value = low + step * row;
    if (value != 0 && (step >= 1e6 || step < 1e-6)) return fmt::format("{:.2e}", value);
    return fmt::format("{:.{}f}", value, value == 0 ? 0 : places);
  }
};

/// The axis of smallest round step (1, 2, 2.5, 5 times a power of ten) that holds [low, high] in so many rows.
Axis round_axis(double low, double high, int rows) {
  const double size = std::max(std::abs(low), std::abs(high));
  const bool flat = high - low <= size * 1e-6;
  const double least = std::max(flat ? (size > 0 ? size * 0.01 : 0.1) : (high - low) / rows, 1e-290);
  int power = static_cast<int>(std::floor(std::log10(least)));
  for (;; ++power)
    for (const double digit : {1.0, 2.0, 2.5, 5.0}) {
      const double step = digit * std::pow(10.0, power), first = std::floor(low / step + 0.5);
      if (step < least || (first + rows - 0.5) * step < high) continue;
      // Spare rows go half below, half above, but a curve of positive numbers gets no rows under zero.
      const double spare = std::floor(((first + rows - 0.5) * step - high) / step / 2);
      const double start = low >= 0 ? std::max(first - spare, 0.0) : first - spare;
      return {start * step, step, rows, std::clamp((digit == 2.5 ? 1 : 0) - power, 0, 12)};
    }
}

/// Dots that cells of the braille block (U+2800) are made of. A cell that holds a drawn line takes no dotted one.
class Dots {
 public:
  Dots(int columns, int rows)
      : columns_(columns),
        rows_(rows),
        bits_(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows)),
        drawn_(bits_.size()) {}

  int width() const { return 2 * columns_; }
  int height() const { return 4 * rows_; }

  /// x from the left, y from the bottom.
  void set(int x, int y, bool dotted) {
    if (x < 0 || x >= width() || y < 0 || y >= height()) return;
    const std::size_t cell = cell_at(x / 2, y / 4);
    if (dotted && drawn_[cell]) return;
    static constexpr std::array<std::uint8_t, 8> bit{0x40, 0x04, 0x02, 0x01, 0x80, 0x20, 0x10, 0x08};
    bits_[cell] |= bit[static_cast<std::size_t>(x % 2 * 4 + y % 4)];
    drawn_[cell] = !dotted;
  }

  void line(double x0, double y0, double x1, double y1, bool dotted) {
    const int steps = std::max(1, static_cast<int>(std::ceil(std::max(std::abs(x1 - x0), std::abs(y1 - y0)))));
    for (int i = 0; i <= steps; ++i) {
      const double part = static_cast<double>(i) / steps;
      const int x = static_cast<int>(std::lround(x0 + part * (x1 - x0)));
      if (!dotted || x % 2 == 0) set(x, static_cast<int>(std::lround(y0 + part * (y1 - y0))), dotted);
    }
  }

  /// Row 0 is the lowest; without trailing blanks.
  std::string row(int row) const {
    std::string out;
    for (int c = 0; c < columns_; ++c) {
      const std::uint8_t bits = bits_[cell_at(c, row)];
      if (bits == 0) {
        out += ' ';
        continue;
      }
      out += {'\xe2', static_cast<char>(0xa0 | (bits >> 6)), static_cast<char>(0x80 | (bits & 0x3f))};
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
  }

 private:
  std::size_t cell_at(int column, int row) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(column);
  }

  int columns_, rows_;
  std::vector<std::uint8_t> bits_;
  std::vector<bool> drawn_;
};

void plot(Dots& dots, const CurveSeries& series, const Axis& axis, int last_x) {
  const auto x_of = [&](std::size_t i) {
    return last_x > 1 ? static_cast<double>(i) / (last_x - 1) * (dots.width() - 1) : 0.0;
  };
  const auto y_of = [&](double v) { return (v - axis.bottom()) / axis.height() * dots.height() - 0.5; };
  const auto& v = series.values;
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (!std::isfinite(v[i])) continue;
    const std::size_t from = i > 0 && std::isfinite(v[i - 1]) ? i - 1 : i;
    const bool alone = from == i && (i + 1 == v.size() || !std::isfinite(v[i + 1]));
    dots.line(x_of(from), y_of(v[from]), x_of(i), y_of(v[i]), series.dotted && !alone);
  }
}

std::string axis_line(std::span<const CurveSeries> series, const CurveFrame& frame, int last_x, int columns) {
  const std::string left = last_x > 1 ? "1" : "", right = fmt::format("{} {}", frame.x, last_x);
  std::string names;
  for (const CurveSeries& s : series) names += fmt::format("  {} {}", s.dotted ? "⠄⠄⠄" : "⠤⠤⠤", s.name);
  const int room = columns - cells(left) - cells(right);
  if (cells(names) + 2 > room) names.clear();
  return left + names + std::string(static_cast<std::size_t>(std::max(room - cells(names), 1)), ' ') + right;
}

}  // namespace

std::vector<std::string> draw_curve(std::span<const CurveSeries> series, const CurveFrame& frame, Colour colour) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  int last_x = frame.last_x;
  for (const CurveSeries& s : series) {
    last_x = std::max(last_x, static_cast<int>(s.values.size()));
    for (const double v : s.values)
      if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
  }
  if (low > high || frame.height < 1 || !std::isfinite(high - low)) return {};

  const Axis axis = round_axis(low, high, frame.height);
  int label_width = 0;
  for (int r = 0; r < frame.height; ++r) label_width = std::max(label_width, cells(axis.label(r)));
  const int columns = frame.width - label_width - 3;
  if (columns < 8) return {};

  Dots dots(columns, frame.height);
  for (const bool dotted : {false, true})
    for (const CurveSeries& s : series)
      if (s.dotted == dotted) plot(dots, s, axis, last_x);
  std::vector<std::string> lines;
  for (int r = frame.height - 1; r >= 0; --r) {
    const std::string label = pad(axis.label(r), label_width, Align::right) + " ┤ ";
    lines.push_back(inked(label, Ink::dim, colour) + dots.row(r));
  }
  const std::string indent(static_cast<std::size_t>(label_width + 3), ' ');
  lines.push_back(indent + inked(axis_line(series, frame, last_x, columns), Ink::dim, colour));
  return lines;
}

}  // namespace atelier
