import { ADMINS, onEverySubject } from "../../lib/subject";
import { accessScenarios } from "./access";
import { customScenarios } from "./custom";
import { kindScenarios } from "./kinds";
import { listScenarios } from "./lists";
import { liveScenarios } from "./live";
import { logScenarios } from "./logs";
import { objectScenarios } from "./objects";
import { problemScenarios } from "./problems";

const PERSONAS = [
  { id: "admin", user: "ada@corp", groups: [ADMINS] },
  { id: "nina", user: "nina@corp" },
  { id: "nobody", user: "nobody@corp" },
];

// One server for all of them, as one server answers everybody; each scenario leaves the scene as it found it.
onEverySubject("reading", PERSONAS, (subject) => {
  kindScenarios(subject);
  listScenarios(subject);
  customScenarios(subject);
  objectScenarios(subject);
  accessScenarios(subject);
  problemScenarios(subject);
  liveScenarios(subject);
  logScenarios(subject);
});
