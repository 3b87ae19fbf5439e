using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace FunctionsHost;

/// <summary>The trigger metadata of an invocation, from which the worker binds parameters by their names.</summary>
internal sealed class BindingData
{
    private readonly Dictionary<string, TypedData> values = new(StringComparer.OrdinalIgnoreCase);

    public TypedData this[string name]
    {
        set => values[name] = value;
    }

    public void AddTo(InvocationRequest request) => request.TriggerMetadata.Add(values);

    /// <summary>Adds the members of a JSON object, as the real host does with queue messages and request bodies.</summary>
    public void AddMembers(string text)
    {
        if (text.AsSpan().Trim() is not ['{', .., '}'])
        {
            return;
        }

        try
        {
            using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None };
            foreach (var member in JObject.Load(reader).Properties())
            {
                if (member.Value is JObject inner)
                {
                    values[member.Name] = TypedValues.From(inner);
                }
                else if (member.Value is JValue { Type: not JTokenType.Null } single)
                {
                    values[member.Name] = TypedValues.From((string?)single);
                }
            }
        }
        catch (JsonException)
        {
            // text that only looks like JSON has no members
        }
    }
}
