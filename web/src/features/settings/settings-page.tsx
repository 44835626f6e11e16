import { useId } from "react";
import { changeSettings, type Settings } from "@/lib/settings";
import { useSettings } from "@/ui/use-settings";

interface Choice<K extends keyof Settings> {
  setting: K;
  title: string;
  about: string;
  options: [Settings[K], string][];
}

function Choices<K extends keyof Settings>({ setting, title, about, options }: Choice<K>) {
  const settings = useSettings();
  const id = useId();
  return (
    <fieldset className="border-b border-line py-4">
      <legend className="float-left w-44 font-medium">{title}</legend>
      <div className="ml-44 max-sm:clear-both max-sm:ml-0">
        <div className="flex flex-wrap gap-4">
          {options.map(([value, label]) => (
            <label key={label} className="flex items-center gap-1.5">
              <input
                type="radio"
                name={id}
                checked={settings[setting] === value}
                onChange={() => changeSettings({ [setting]: value } as Partial<Settings>)}
                className="accent-(--accent)"
              />
              {label}
            </label>
          ))}
        </div>
        <p className="label mt-1">{about}</p>
      </div>
    </fieldset>
  );
}

export function SettingsPage() {
  return (
    <div className="h-full overflow-auto px-6 py-4">
      <div className="max-w-2xl">
        <p className="text-text-2">Kept in this browser only.</p>
        <Choices
          setting="theme"
          title="Theme"
          about="Automatic follows the operating system."
          options={[
            ["auto", "Automatic"],
            ["light", "Light"],
            ["dark", "Dark"],
          ]}
        />
        <Choices
          setting="density"
          title="Density of tables"
          about="Rows of 28 or of 36 pixels."
          options={[
            ["compact", "Compact"],
            ["comfortable", "Comfortable"],
          ]}
        />
        <Choices
          setting="times"
          title="Times"
          about="The other form is shown when the pointer rests on a time."
          options={[
            ["relative", "Ages: 19m"],
            ["local", "Local time"],
            ["utc", "UTC"],
          ]}
        />
        <Choices
          setting="shortcuts"
          title="Single-key shortcuts"
          about="Keys such as j, k, x and /. The search key with the modifier always works."
          options={[
            [true, "On"],
            [false, "Off"],
          ]}
        />
      </div>
    </div>
  );
}
