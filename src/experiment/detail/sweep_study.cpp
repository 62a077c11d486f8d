// sweep_study.cpp: a request becomes a plan.
#include "experiment/detail/sweep_study.hpp"

namespace atelier::detail {
namespace {

StudyPlan plan_of(const SweepRequest& request) {
  const SweepFile& file = request.setup.file;
  const Objective& objective = request.setup.objective;
  StudyPlan plan{.space = file.space};
  plan.method = file.method;
  plan.stopping = file.early_terminate;
  plan.seed = request.seed;
  plan.budget = request.budget;
  plan.parallel = request.parallel;
  plan.audit = request.audit;
  if (file.metric && file.metric->target) plan.target = objective.value(*file.metric->target);
  plan.enqueued = request.enqueued;
  plan.earlier = request.earlier;
  plan.words = {objective.metric, objective.maximize};
  plan.async = request.async;
  return plan;
}

}  // namespace

Result<Study> study_of(const SweepRequest& request, const std::shared_ptr<DataShelf>& shelf) {
  return Study::create(plan_of(request),
                       [setup = request.setup, shelf](const Configuration& configuration) -> Result<Effort> {
                         if (setup.program) return program_effort(setup, configuration);
                         const auto recipe = recipe_of(setup, configuration);
                         if (!recipe) return pass_on(recipe);
                         const auto data = shelf->get(*recipe);
                         if (!data) return pass_on(data);
                         const Split& sides = (*data)->sides;
                         return Effort{recipe->epochs, work_of(*recipe, sides.train, sides.validation)};
                       });
}

}  // namespace atelier::detail
