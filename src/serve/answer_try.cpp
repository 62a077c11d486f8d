// answer_try.cpp: a sample that somebody drew or picked, put to a run's model.
#include <algorithm>

#include "serve/route.hpp"
#include "serve/site.hpp"

namespace atelier {
namespace {

constexpr std::size_t kMostValues = 200'000;

Result<TryQuestion> question_in(const nlohmann::json& body) {
  const auto wrong = fail(Trouble::usage, "the body must be {\"pixels\": [numbers]} or {\"test\": number}");
  if (body.size() != 1) return wrong;
  TryQuestion question;
  if (body.contains("test")) {
    if (!body["test"].is_number_unsigned()) return wrong;
    question.test = body["test"].get<std::size_t>();
    return question;
  }
  if (!body.contains("pixels") || !body["pixels"].is_array() || body["pixels"].size() > kMostValues) return wrong;
  for (const auto& value : body["pixels"]) {
    if (!value.is_number()) return wrong;
    question.pixels.push_back(value.get<float>());
  }
  return question;
}

}  // namespace

Result<Response> answer_try(const Call& call) {
  const auto question = question_in(call.body);
  if (!question) return pass_on(question);
  const auto run = call.site.reader().run(call.name("run"));
  if (!run) return no_such_run(call, run.error());
  const auto answer = call.site.try_room().ask(call.site.workspace(), run->id, *question);
  if (!answer) return pass_on(answer);
  return json_response(to_json(*answer));
}

}  // namespace atelier
