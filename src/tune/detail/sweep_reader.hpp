// sweep_reader.hpp: what the parts of the sweep file's reader share: the file, its faults, its warnings.
#pragma once
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tune/detail/document.hpp"
#include "tune/sweep_file.hpp"

namespace atelier::detail {

/// Collects what is wrong while the reading goes on; the first fault in the file becomes the Error.
class SweepReader {
 public:
  explicit SweepReader(SweepFile& target) : sweep(target) {}

  SweepFile& sweep;

  void fault(int line, std::string what, std::string why, std::string fix);
  void warn(int line, std::string text) { sweep.warnings.push_back({line, std::move(text)}); }
  bool sound() const { return !first_; }
  Error error() const { return *first_; }

  /// Faults every key of the map that is none of `known`, naming the nearest; false when the node is no map.
  bool check_keys(const Node& map, const std::string& what, std::span<const std::string_view> known);

  /// The values of scalars; a fault and nothing when the node holds something else.
  std::optional<double> number(const Node& node, const std::string& what);
  std::optional<std::int64_t> whole(const Node& node, const std::string& what, std::int64_t least);
  std::optional<std::string> text(const Node& node, const std::string& what);
  std::optional<bool> truth(const Node& node, const std::string& what);

 private:
  std::optional<Error> first_;
  int first_line_ = 0;
};

/// "`adma`; did you mean `adam`?" or a list of what is known.
std::string suggestion(std::string_view word, std::span<const std::string_view> known);

/// The value of a scalar, list or null as a parameter takes it.
Value value_of(const Node& node);

/// Reads the map `parameters` into the sweep's space.
void read_parameters(SweepReader& reader, const Node& map);
/// Reads `early_terminate`.
void read_stopping(SweepReader& reader, const Node& map);
/// Adds the warnings that need the whole sweep.
void look_for_slips(SweepReader& reader);

}  // namespace atelier::detail
