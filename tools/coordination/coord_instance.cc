#include <array>

#include "libregistry/core/base/text.h"
#include "tools/coordination/identity.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct CoordInstance {
  static constexpr std::string_view kSummary = "register an agent instance, keep it alive, end it";
  static constexpr Effect kEffect = Effect::kChanges;
  static constexpr bool kHasRegistry = false;
  std::vector<std::string> operands;
  CoordinationOptions where;
  std::string task = "No task specified";
  std::string role = "main";
  std::optional<std::uint64_t> pid;

  void declare(OptionSet& options) {
    options.positionals("VERB", operands, "register, unregister, heartbeat, list, work [ID] or id").required();
    options.text("--task TEXT", task, "of register: what it works on, at most 200 characters");
    options.text("--role ROLE", role, "of register: its part, at most 64 characters");
    options.number("--pid PID", pid, "of register: the instance ends with this process");
    where.declare(options);
    options.example("export COORD_INSTANCE_ID=$(smbatcher coord-instance register --task 'Write the parser')",
                    "become an instance");
    options.example("smbatcher coord-instance heartbeat", "say that it lives; renews its locks");
    options.example("smbatcher coord-instance unregister", "end; frees its locks");
  }

  Result<Outcome> run(const Context& context) const {
    using Verb = Result<Outcome> (CoordInstance::*)(const Coordination&) const;
    struct Entry {
      std::string_view name;
      Verb verb;
      std::size_t operands;
      bool prints_id = false;  // in text alone, for scripts that take the whole output for it
    };
    static constexpr auto kVerbs = std::to_array<Entry>({{"register", &CoordInstance::enroll, 1, true},
                                                         {"unregister", &CoordInstance::leave, 1},
                                                         {"heartbeat", &CoordInstance::beat, 1},
                                                         {"list", nullptr, 1},
                                                         {"work", &CoordInstance::work, 2},
                                                         {"id", &CoordInstance::tell_id, 1, true}});
    for (const Entry& entry : kVerbs) {
      if (operands.empty() || operands.front() != entry.name) {
        continue;
      }
      if (operands.size() > entry.operands) {
        return fail(usage_error("invalid_argument", "coord-instance " + std::string(entry.name) + " does not take '" +
                                                        escape_control(operands.back()) + "'"));
      }
      SMB_TRY_ASSIGN(const Coordination coordination, where.open(context));
      Result<Outcome> outcome = entry.verb == nullptr ? list(coordination) : (this->*entry.verb)(coordination);
      if (outcome && entry.prints_id && context.common.format != Format::kJson) {
        return Outcome::verbatim(*outcome->fields().front().second.string() + "\n", 0);
      }
      return outcome;
    }
    return fail(
        usage_error("invalid_argument", "'" + escape_control(operands.empty() ? "" : operands.front()) +
                                            "' is not a verb: register, unregister, heartbeat, list, work or id"));
  }

 private:
  Result<Outcome> enroll(const Coordination& coordination) const {
    Registration registration;
    registration.id = where.id;
    registration.task = task;
    registration.role = role;
    if (pid) {
      registration.pid = static_cast<pid_t>(*pid);
    }
    SMB_TRY_ASSIGN(const Registered registered, register_instance(coordination, registration));
    Outcome outcome = Outcome::ok("registered", registered.id);
    outcome.add("instance_id", registered.id)
        .add("again", registered.again)
        .add("removed", Json(registered.removed))
        .warn(registered.warnings);
    return outcome;
  }

  Result<Outcome> leave(const Coordination& coordination) const {
    SMB_TRY_ASSIGN(const std::string id, where.identify(coordination));
    SMB_TRY_ASSIGN(const Unregistered left, unregister_instance(coordination, id));
    Outcome outcome = Outcome::ok("unregistered", id);
    outcome.add("instance_id", id)
        .add("was_registered", left.was_registered)
        .add("released", Json(left.released))
        .warn(left.warnings);
    return outcome;
  }

  Result<Outcome> beat(const Coordination& coordination) const {
    SMB_TRY_ASSIGN(const std::string id, where.identify(coordination));
    SMB_TRY_ASSIGN(const Beat beat, heartbeat(coordination, id));
    if (beat.verdict == Verdict::kStale) {
      return stale_instance(id).warn(beat.warnings);
    }
    Outcome outcome = Outcome::ok("heartbeat", std::to_string(beat.ping_count));
    outcome.add("instance_id", id)
        .add("ping_count", beat.ping_count)
        .add("renewed", Json(beat.renewed))
        .add("lost", Json(beat.lost))
        .warn(beat.warnings);
    return outcome;
  }

  static Json to_json(const InstanceView& view) {
    return JsonObject{{"instance_id", view.record.id},
                      {"task", view.record.task},
                      {"role", view.record.role},
                      {"branch", view.record.branch},
                      {"status", view.status},
                      {"started_at", view.record.started_at},
                      {"last_ping", view.last_ping ? Json(format_time(*view.last_ping)) : Json()},
                      {"files_locked", Json(view.record.files_locked)}};
  }
  static std::string describe(const InstanceView& view) {
    return view.record.id + " " + view.status + ", " + view.record.role + ", " +
           counted(view.record.files_locked.size(), "file") + " locked: " + view.record.task;
  }

  static Result<Outcome> list(const Coordination& coordination) {
    SMB_TRY_ASSIGN(const CoordinationView view, view_coordination(coordination));
    Outcome outcome = Outcome::ok("instances", std::to_string(view.instances.size()));
    JsonArray instances;
    for (const InstanceView& instance : view.instances) {
      outcome.line(describe(instance));
      instances.push_back(to_json(instance));
    }
    outcome.add("instances", Json(std::move(instances))).warn(view.warnings);
    return outcome;
  }

  Result<Outcome> work(const Coordination& coordination) const {
    CoordinationOptions named = where;
    if (operands.size() > 1) {
      named.id = operands[1];
    }
    SMB_TRY_ASSIGN(const std::string id, named.identify(coordination));
    SMB_TRY_ASSIGN(const CoordinationView view, view_coordination(coordination));
    for (const InstanceView& instance : view.instances) {
      if (instance.record.id == id) {
        Outcome outcome = Outcome::ok("work", id);
        outcome.line(instance.record.task).add("instance", to_json(instance)).warn(view.warnings);
        return outcome;
      }
    }
    return stale_instance(id).warn(view.warnings);
  }

  Result<Outcome> tell_id(const Coordination& coordination) const {
    SMB_TRY_ASSIGN(const std::string id, where.identify(coordination));
    return Outcome::ok("id", id).add("instance_id", id);
  }
};

}  // namespace

int coord_instance_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<CoordInstance>(self, argc, argv);
}

}  // namespace smbatcher
