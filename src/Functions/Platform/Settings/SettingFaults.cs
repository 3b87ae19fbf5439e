using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Relais.Platform.Settings;

/// <summary>
/// Writes the messages about invalid settings. A text of the wrong type is not repeated, because it may be a secret in the wrong place.
/// </summary>
internal static class SettingFaults
{
    public static string WrongType(Setting setting, object? defaultValue)
    {
        var range = setting.Property.GetCustomAttribute<RangeAttribute>();
        var limits = range is null ? "" : $" {Limits(setting, range)}";
        return $"{setting.Name} is not {TypeName(setting.Property.PropertyType)}{limits}. {Remedy(defaultValue)}";
    }

    public static string OutOfRange(Setting setting, RangeAttribute range, object? value, object? defaultValue) =>
        $"{setting.Name} is {Text(value)}, but must be {TypeName(setting.Property.PropertyType)} {Limits(setting, range)}. " +
        Remedy(defaultValue);

    private static string Limits(Setting setting, RangeAttribute range) =>
        $"from {Limit(setting, range.Minimum)} to {Limit(setting, range.Maximum)}";

    private static string Limit(Setting setting, object limit) => Text(
        setting.Property.PropertyType == typeof(TimeSpan) && limit is string text
            ? TimeSpan.Parse(text, CultureInfo.InvariantCulture)
            : limit);

    private static string Remedy(object? defaultValue) =>
        defaultValue is null ? "Correct it." : $"Correct it, or remove it to use {Text(defaultValue)}.";

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static string TypeName(Type type) => type switch
    {
        _ when type == typeof(int) => "a whole number",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(TimeSpan) => "a duration (hh:mm:ss, or d.hh:mm:ss)",
        _ when type == typeof(Uri) => "an address such as https://relais.example",
        _ => "readable",
    };
}
