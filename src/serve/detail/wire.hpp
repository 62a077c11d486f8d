// wire.hpp: the first lines of a response as they go over the wire.
#pragma once
#include <string>

#include "serve/message.hpp"

namespace atelier::detail {

/// Status line and headers, up to the empty line. A feed has no length: it ends with the connection. Control characters
/// in a value become blanks.
std::string head_of(const Response& response, bool keep_alive);

}  // namespace atelier::detail
