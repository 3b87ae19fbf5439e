using System.Globalization;

namespace Twilio.Base;

/// <summary>Form or query parameters; what is null is left out.</summary>
internal sealed class Params : List<KeyValuePair<string, string>>
{
    public Params Add(string name, object value)
    {
        if (value is not null)
        {
            Add(new(name, Format(value)));
        }

        return this;
    }

    public Params AddEach<T>(string name, IEnumerable<T> values)
    {
        foreach (var value in values ?? [])
        {
            Add(name, (object)value);
        }

        return this;
    }

    private static string Format(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        DateTime time => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        Uri uri => uri.OriginalString,
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
