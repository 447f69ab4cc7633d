// What a card says as a form of it shows it, and what such a form is handed in as.
import type { CardContentFragment, CardInput, Severity, SolutionType } from "../gql/graphql";

export type Content = CardContentFragment;

export interface SaidStep {
  action: string;
  minutes: string;
  tools: string;
  safety: boolean;
}

export interface SaidPart {
  part: string;
  quantity: string;
}

/** Lists are written as people do: codes with a space between, what looks alike in a line each. */
export interface Said {
  title: string;
  text: string;
  codes: string;
  component: string;
  severity: Severity;
  cause: string;
  lookalikes: string;
  kind: SolutionType;
  minutes: string;
  highVoltage: boolean;
  steps: SaidStep[];
  parts: SaidPart[];
  make: string;
  model: string;
  year: string;
}

export const NO_STEP: SaidStep = { action: "", minutes: "", tools: "", safety: false };
export const NOTHING: Said = {
  title: "",
  text: "",
  codes: "",
  component: "",
  severity: "MEDIUM",
  cause: "",
  lookalikes: "",
  kind: "REPAIR",
  minutes: "",
  highVoltage: false,
  steps: [NO_STEP],
  parts: [],
  make: "",
  model: "",
  year: "",
};

export function saidOf(card: Content): Said {
  const { cause, resolution, signature } = card;
  const found = card.vehicles.edges[0]?.node;
  return {
    title: card.title,
    text: signature.text,
    codes: signature.errorCodes.map(({ code, key, scope }) => (scope === "sae" ? code : key)).join(" "),
    component: signature.component?.key ?? "",
    severity: signature.severity,
    cause: cause.primary,
    lookalikes: cause.differential.join("\n"),
    kind: resolution.type,
    minutes: written(resolution.labourMinutes),
    highVoltage: resolution.highVoltage,
    steps: resolution.steps.map(({ action, minutes, safety, tools }) => ({
      action,
      minutes: written(minutes),
      tools: tools.join(", "),
      safety,
    })),
    parts: resolution.parts.map(({ key, quantity }) => ({ part: key, quantity: String(quantity) })),
    make: found?.make ?? "",
    model: found?.model ?? "",
    year: written(found?.year ?? 0),
  };
}

/** Give what is handed in: what the form does not show stays as the card says it. */
export function inputOf(said: Said, card: Content | null): CardInput {
  return {
    title: said.title.trim(),
    signature: {
      ...keptSignature(card),
      text: said.text.trim(),
      severity: said.severity,
      component: said.component || null,
      errorCodes: said.codes.split(/[\s,;]+/).filter(Boolean),
    },
    cause: {
      secondary: card?.cause.secondary ?? [],
      confidence: card?.cause.confidence ?? 0.5,
      reasoning: card?.cause.reasoning,
      cites: card?.cites.map(({ key }) => key) ?? [],
      primary: said.cause.trim(),
      differential: listed(said.lookalikes, /\n/),
    },
    resolution: {
      type: said.kind,
      labourMinutes: Number(said.minutes),
      highVoltage: said.highVoltage,
      steps: toldSteps(said).map(({ action, minutes, tools, safety }) => ({
        action: action.trim(),
        minutes: Number(minutes),
        tools: listed(tools, /,/),
        safety,
      })),
      parts: toldParts(said).map(({ part, quantity }) => ({ part, quantity: Number(quantity) })),
    },
    evidence: card && keptEvidence(card),
    vehicles: vehiclesOf(said, card),
    visibility: card && { regions: card.visibility.regions, garages: card.visibility.garages.map(({ key }) => key) },
  };
}

/** A row that nothing was written into is none. */
export function toldSteps({ steps }: Said): SaidStep[] {
  return steps.filter(({ action, minutes, tools }) => action.trim() || minutes.trim() || tools.trim());
}

function toldParts({ parts }: Said): SaidPart[] {
  return parts.filter(({ part }) => part);
}

function keptSignature(card: Content | null) {
  if (!card) return {};
  const { environment, failureMode, occurrence, symptoms } = card.signature;
  const [low, high] = [environment?.temperatureLowC, environment?.temperatureHighC];
  return {
    failureMode,
    occurrence,
    symptoms: symptoms.map(({ key }) => key),
    environment: environment && {
      humidity: environment.humidity,
      usage: environment.usage,
      temperatureRange: low == null || high == null ? null : `${low}-${high}C`,
    },
  };
}

function keptEvidence({ evidence }: Content) {
  const named = ({ key, sha256 }: { key: string; sha256: string }) => ({ key, sha256 });
  return {
    tool: evidence.tool,
    readings: evidence.readings.map(({ name, value, unit }) => ({ name, value, unit })),
    photos: evidence.photos.map(named),
    videos: evidence.videos.map(named),
    sensorLogs: evidence.sensorLogs.map(named),
  };
}

function vehiclesOf({ make, model, year }: Said, card: Content | null): CardInput["vehicles"] {
  const [first, ...others] = card?.vehicles.edges.map(({ node }) => vehicleOf(node)) ?? [];
  if (!make.trim()) return others;
  const same = first?.make === make.trim() && first?.model === (model.trim() || null);
  const named = { make: make.trim(), model: model.trim() || null, year: year.trim() ? Number(year) : null };
  // What else is told of a vehicle is of that one: another in its place has none of it.
  return [{ ...(same ? first : {}), ...named }, ...others];
}

function vehicleOf(told: Content["vehicles"]["edges"][number]["node"]) {
  const { make, model, variant, year, category, firmware, mileageKm, batteryCycles } = told;
  return { make, model, variant, year, category, firmware, mileageKm, batteryCycles };
}

function listed(said: string, between: RegExp): string[] {
  return said.split(between).map((one) => one.trim()).filter(Boolean);
}

function written(number: number): string {
  return number ? String(number) : "";
}
