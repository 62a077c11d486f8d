// assets.hpp: the page's files as responses, from the program or from a folder.
#pragma once
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "page/assets.hpp"
#include "serve/address.hpp"
#include "serve/message.hpp"

namespace atelier {

/// The page. From a folder, a development aid, each file is read anew for every request.
class Assets {
 public:
  /// `folder` empty: what is embedded. `token` goes into the page as <meta name="atelier-token">.
  Assets(std::span<const Asset> embedded, std::filesystem::path folder, std::string token);

  /// The file of this path; a path without a dot in its last piece is a view of the page, index.html. 404 for others.
  Response answer(const Request& request, const Address& target) const;

 private:
  struct Still {
    std::span<const std::uint8_t> bytes;
    bool gzip = false;
    std::string tag;
  };
  Response page() const;
  Result<std::string> text_of(std::string_view name) const;

  std::filesystem::path folder_;
  std::string token_;
  std::map<std::string, Still, std::less<>> embedded_;
};

}  // namespace atelier
