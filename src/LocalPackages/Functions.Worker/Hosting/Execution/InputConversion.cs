using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Microsoft.Azure.Functions.Worker.Hosting.Execution;

/// <summary>Text to parameter type in the worker's order: as it is, as a guid, as a date, and everything else as JSON.</summary>
internal static class InputConversion
{
    public static object? Convert(object source, Type target, JsonSerializerOptions json)
    {
        if (target.IsInstanceOfType(source))
        {
            return source;
        }

        if (source is not string text)
        {
            throw new InvalidOperationException($"{source.GetType()} cannot be turned into {target}");
        }

        var plain = Nullable.GetUnderlyingType(target) ?? target;
        if (plain == typeof(Guid) && Guid.TryParse(text, out var guid))
        {
            return guid;
        }

        if (plain == typeof(DateTimeOffset) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var offset))
        {
            return offset;
        }

        if (plain == typeof(DateTime) && DateTime.TryParse(text, CultureInfo.InvariantCulture, out var date))
        {
            return date;
        }

        return target == typeof(byte[]) ? Encoding.UTF8.GetBytes(text) : JsonSerializer.Deserialize(text, target, json);
    }
}
