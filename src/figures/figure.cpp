// figure.cpp: figures as JSON that every reader takes.
#include "figures/figure.hpp"

#include <cmath>

#include "figures/text.hpp"

namespace atelier {
namespace {

/// Values and texts as JSON can hold them, all the way down.
void make_safe(nlohmann::ordered_json& value) {
  if (auto* text = value.get_ptr<std::string*>()) *text = printable(*text);
  if (value.is_number_float() && !std::isfinite(value.get<double>())) value = nullptr;
  if (value.is_structured())
    for (nlohmann::ordered_json& part : value) make_safe(part);
}

}  // namespace

nlohmann::ordered_json to_json(const Figure& figure) {
  nlohmann::ordered_json json = {{"figure", figure.figure},   {"kind", figure.kind},   {"title", figure.title},
                                 {"caption", figure.caption}, {"words", figure.words}, {"data", figure.data}};
  make_safe(json);
  return json;
}

}  // namespace atelier
