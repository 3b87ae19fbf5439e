using System.Text.RegularExpressions;
using Relais.Conformance.Json;

namespace Relais.Conformance;

/// <summary>Converts answers of the durable client to comparable values.</summary>
internal static partial class Views
{
    /// <summary>Outcome of a client call: its value or the type of its exception. The message is informative.</summary>
    internal static Fields? Call(Fields? answer) => answer is not null && answer.TryGetValue("error", out var type)
        ? new Fields { ["error"] = type, ["rpc"] = answer["rpc"], ["~message"] = answer["message"] }
        : answer;

    internal static Fields? Meta(Fields? meta) => meta is null || !meta.TryGetValue("status", out var status) ? meta : new Fields
    {
        ["status"] = status,
        ["output"] = Output(meta["output"]),
        ["custom"] = meta["custom"],
        ["failure"] = Failure(meta["failure"]),
    };

    internal static Fields? Failure(object? failure) => failure is Fields chain
        ? new Fields
        {
            ["type"] = chain["type"],
            ["message"] = chain["message"],
            ["hasStack"] = chain["hasStack"],
            ["inner"] = Failure(chain["inner"]),
        }
        : null;

    /// <summary>
    /// Parses JSON text. Other text is returned under "notJson". A text that the host writes when the function call itself failed is
    /// marked.
    /// </summary>
    internal static object? Output(object? serialized)
    {
        if (serialized is not string text)
        {
            return null;
        }

        if (!JsonText.TryParse(text, out var value))
        {
            return new Fields { ["notJson"] = text };
        }

        return value is Fields { Count: 2 } host && host.ContainsKey("message") && host.ContainsKey("details")
            ? new Fields { ["hostFailure"] = AdditionalInfo().Replace(host.Text("message")!, "") }
            : value;
    }

    /// <summary>
    /// Marks the failure chain as informative from <paramref name="depth"/> on: the recorded worker extension loses the type and inner
    /// failures of an activity.
    /// </summary>
    internal static Fields? Soften(Fields? view, int depth)
    {
        var output = view?.Get("output") as Fields;
        output = output?.Get("result") as Fields ?? output;
        if (output is null || !output.TryGetValue("failure", out var failure))
        {
            return view;
        }

        output["failure"] = Chain(failure as Fields, depth);
        output["~innerType"] = output.Pop("innerType");
        if (depth == 0)
        {
            foreach (var name in (string[])["isInvalidOp", "isCustom", "isException", "isSystem", "isTaskFailed"])
            {
                output.Rename(name, "~" + name);
            }
        }

        return view;
    }

    /// <summary>Marks messages as informative whose wording only a host or a converter decides.</summary>
    internal static object? Lenient(object? value) => value switch
    {
        Fields { Count: 1 } fields when fields.Get("notJson") is string text =>
            new Fields { ["errorType"] = text.Split(": ")[0], ["~notJson"] = text },
        Fields fields => LenientMembers(fields),
        List<object?> items => items.Select(Lenient).ToList(),
        _ => value,
    };

    private static Fields LenientMembers(Fields fields)
    {
        var lenient = new Fields();
        foreach (var (name, value) in fields)
        {
            lenient[name == "message" ? "~message" : name] = Lenient(value);
        }

        return lenient;
    }

    private static Fields? Chain(Fields? failure, int depth)
    {
        if (failure is null)
        {
            return null;
        }

        return depth <= 0
            ? new Fields
            {
                ["~type"] = failure["type"],
                ["message"] = failure["message"],
                ["~hasStack"] = failure["hasStack"],
                ["~inner"] = failure["inner"],
            }
            : new Fields
            {
                ["type"] = failure["type"],
                ["message"] = failure["message"],
                ["~hasStack"] = failure["hasStack"],
                ["inner"] = Chain(failure["inner"] as Fields, depth - 1),
            };
    }

    [GeneratedRegex(" Additional info: .*")]
    private static partial Regex AdditionalInfo();
}
