// curves.hpp: the data of a figure of kind curves, put together.
#pragma once
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace atelier::detail {

struct CurveAxis {
  std::string name, label;
  bool log = false;
};

/// A point without a value is a gap.
struct CurveLine {
  std::string name;
  std::string role = "other";  ///< train, validation or other
  std::vector<std::pair<double, double>> points = {};
  struct Span {
    double x, low, high;
  };
  std::vector<Span> band = {};
};

struct CurvePanel {
  CurveAxis y;
  std::vector<CurveLine> lines = {};
};

inline nlohmann::ordered_json to_json(const CurveAxis& axis) {
  return {{"name", axis.name}, {"label", axis.label}, {"scale", axis.log ? "log" : "linear"}};
}

/// Every line is of `run`; a value that is not finite is null.
inline nlohmann::ordered_json curves_data(const CurveAxis& x, const std::vector<CurvePanel>& panels,
                                          const std::string& run) {
  using Json = nlohmann::ordered_json;
  Json data{{"x", to_json(x)}, {"panels", Json::array()}};
  for (const CurvePanel& panel : panels) {
    Json lines = Json::array();
    for (const CurveLine& line : panel.lines) {
      Json one{{"name", line.name}};
      if (line.role != "other") one["run"] = run;  // what is not of train or validation has a colour of its own
      one["role"] = line.role;
      one["points"] = Json::array();
      for (const auto& [at, value] : line.points)
        one["points"].push_back(Json::array({at, std::isfinite(value) ? Json(value) : Json()}));
      for (const CurveLine::Span& span : line.band) one["band"].push_back(Json::array({span.x, span.low, span.high}));
      lines.push_back(std::move(one));
    }
    data["panels"].push_back({{"y", to_json(panel.y)}, {"lines", std::move(lines)}});
  }
  return data;
}

}  // namespace atelier::detail
