// curve.hpp: a learning curve in braille dots.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "figures/terminal.hpp"

namespace atelier {

/// One line of the curve: values[i] belongs to x = i + 1. A value that is not finite leaves a gap.
struct CurveSeries {
  std::string name;
  std::vector<double> values = {};
  bool dotted = false;  ///< training is dotted, validation drawn through
};

struct CurveFrame {
  int width = 60;  ///< cells, with the labels
  int height = 5;  ///< rows of dots; the line under them comes on top
  int last_x = 0;  ///< where the x axis ends, so that a curve grows to the right; 0: at its last value
  std::string x = "epoch";
};

/// The curve as height + 1 lines, each at most `width` cells: rows labelled with round numbers, then the x axis
/// with its ends and the names of the series. Empty when no value is finite or the frame has no room.
std::vector<std::string> draw_curve(std::span<const CurveSeries> series, const CurveFrame& frame, Colour colour);

}  // namespace atelier
