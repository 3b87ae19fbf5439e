using System.Globalization;
using System.Reflection;

namespace Relais.Platform.Settings;

/// <summary>A property of an options class, and the name of the setting from which it is read.</summary>
internal sealed class Setting
{
    private readonly string path;

    public Setting(string section, PropertyInfo property)
    {
        var key = property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name;
        path = section.Length == 0 ? key : $"{section}:{key}";
        (Property, Name) = (property, path.Replace(":", "__", StringComparison.Ordinal));
    }

    public PropertyInfo Property { get; }

    /// <summary>The name of the environment variable, such as Sending__MaxInFlight.</summary>
    public string Name { get; }

    /// <param name="configuration">The source of the settings.</param>
    /// <param name="value">Null: the setting is absent or empty, so the default applies.</param>
    /// <returns>False when the text cannot be converted to the type of the property.</returns>
    public bool TryRead(IConfiguration configuration, out object? value)
    {
        if (Property.PropertyType == typeof(IReadOnlyDictionary<string, string>))
        {
            value = configuration.GetSection(path).GetChildren().ToDictionary(child => child.Key, child => child.Value ?? "");
            return true;
        }

        var text = configuration[path];
        value = Property.PropertyType == typeof(string) ? text : null;
        return value is not null || string.IsNullOrWhiteSpace(text) || TryParse(text.Trim(), out value);
    }

    private bool TryParse(string text, out object? value)
    {
        value = Property.PropertyType switch
        {
            var type when type == typeof(int) =>
                int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
            var type when type == typeof(bool) => bool.TryParse(text, out var flag) ? flag : null,
            // Require a colon: TimeSpan reads a plain number as days.
            var type when type == typeof(TimeSpan) => text.Contains(':', StringComparison.Ordinal)
                && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var duration) ? duration : null,
            var type when type == typeof(Uri) => Uri.TryCreate(text, UriKind.Absolute, out var address) ? address : null,
            var type => throw new NotSupportedException($"The setting {Name} has the unsupported type {type.Name}."),
        };
        return value is not null;
    }
}
