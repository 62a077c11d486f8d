// figure.hpp: a figure as plain data, before anything draws it.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace atelier {

/// What a drawing is made of; web/src/figures/figure.ts says what `data` holds for each kind. The same value is drawn
/// as SVG and PNG by a Renderer, live by the page, and written as data.
struct Figure {
  std::string figure;                   ///< what it shows, as `atelier plot` names it: "gradients"
  std::string kind;                     ///< how it is drawn: "curves"
  std::string title = {};               ///< the answer in a few words and a number
  std::string caption = {};             ///< what was measured, and on what
  std::vector<std::string> words = {};  ///< sentences beside the drawing
  nlohmann::ordered_json data = nlohmann::ordered_json::object();
};

/// The figure as one object; its texts are made printable, and a number that is not finite is null.
nlohmann::ordered_json to_json(const Figure& figure);

}  // namespace atelier
