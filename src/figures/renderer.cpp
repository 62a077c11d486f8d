// renderer.cpp: figures through the embedded drawing functions.
#include "figures/renderer.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "figures/detail/interpreter.hpp"

// web/src/static.ts with all it needs, in ES5; CMake embeds it.
extern "C" const char atelier_static_js[], atelier_static_js_end[];

namespace atelier {
namespace {

std::string as_json(const DrawOptions& options) {
  const auto side = [](const std::optional<int>& length) {
    return length ? nlohmann::json(*length) : nlohmann::json();
  };
  return nlohmann::json{{"theme", options.theme == Theme::dark ? "dark" : "light"},
                        {"width", side(options.width)},
                        {"height", side(options.height)}}
      .dump();
}

/// The number behind `name="` in the picture's first element.
double attribute(std::string_view svg, std::string_view name) {
  const std::string_view head = svg.substr(0, svg.find('>'));
  const std::size_t at = head.find(fmt::format(" {}=\"", name));
  if (at == head.npos) return 0;
  double value = 0;
  std::from_chars(head.data() + at + name.size() + 3, head.data() + head.size(), value);
  return value;
}

Result<std::unique_ptr<detail::Interpreter>> read_script(const DrawLimits& limits) {
  const std::string_view script(atelier_static_js, static_cast<std::size_t>(atelier_static_js_end - atelier_static_js));
  auto made = detail::Interpreter::run(script, {.seconds = limits.seconds, .megabytes = limits.megabytes});
  if (!made) return fail(Trouble::data, "the drawing functions cannot be read", made.error().detail);
  return made;
}

}  // namespace

Renderer::Renderer(const DrawLimits& limits) : limits_(limits) {}
Renderer::Renderer(Renderer&&) noexcept = default;
Renderer& Renderer::operator=(Renderer&&) noexcept = default;
Renderer::~Renderer() = default;

Result<Renderer> Renderer::create(const DrawLimits& limits) {
  Renderer renderer(limits);
  auto made = read_script(limits);
  if (!made) return pass_on(made);
  renderer.interpreter_ = *std::move(made);
  return renderer;
}

Result<Picture> Renderer::draw(const Figure& figure, const DrawOptions& options) {
  if (!interpreter_) {
    auto made = read_script(limits_);
    if (!made) return pass_on(made);
    interpreter_ = *std::move(made);
  }
  // In ASCII, which JavaScript and we write alike.
  auto svg = interpreter_->call("draw", to_json(figure).dump(-1, ' ', true), as_json(options));
  if (!svg) {
    interpreter_.reset();  // what was being drawn lies about in it
    return fail(Trouble::data, fmt::format("the figure '{}' cannot be drawn", figure.figure), svg.error().detail);
  }
  const double width = attribute(*svg, "width"), height = attribute(*svg, "height");
  return Picture{*std::move(svg), width, height};
}

Result<void> save(const Figure& figure, const std::filesystem::path& path, const DrawOptions& options) {
  auto renderer = Renderer::create();
  if (!renderer) return pass_on(renderer);
  const auto picture = renderer->draw(figure, options);
  return picture ? save(*picture, path) : pass_on(picture);
}

}  // namespace atelier
