// renderer.hpp: draws figures as pictures, by the same functions that draw them on the page.
#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/error.hpp"
#include "figures/figure.hpp"
#include "figures/picture.hpp"

namespace atelier {
namespace detail {
class Interpreter;
}

enum class Theme { light, dark };

struct DrawOptions {
  Theme theme = Theme::light;
  std::optional<int> width = {}, height = {};  ///< of the whole picture in CSS pixels; its natural size where absent
};

/// What one drawing may take at most, in processor time and memory.
struct DrawLimits {
  double seconds = 30;
  std::size_t megabytes = 512;
};

/// An interpreter (Duktape) with the page's drawing functions and ECharts in it, read once: about 0.15 s to make, then
/// some 0.05 s a figure. The same figure and options give the same bytes. For one thread at a time.
class Renderer {
 public:
  static Result<Renderer> create(const DrawLimits& limits = {});

  /// The figure with its title, caption and words. An error names the figure: a kind without a drawing, data that the
  /// drawing cannot read, or a drawing beyond the limits.
  Result<Picture> draw(const Figure& figure, const DrawOptions& options = {});

  Renderer(Renderer&&) noexcept;
  Renderer& operator=(Renderer&&) noexcept;
  ~Renderer();

 private:
  explicit Renderer(const DrawLimits& limits);

  DrawLimits limits_;
  std::unique_ptr<detail::Interpreter> interpreter_;  ///< none after a drawing that failed, until the next
};

/// The one figure drawn and saved; the name's ending, .png or .svg, says how.
Result<void> save(const Figure& figure, const std::filesystem::path& path, const DrawOptions& options = {});

}  // namespace atelier
