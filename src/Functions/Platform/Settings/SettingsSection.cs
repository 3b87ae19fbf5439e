using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Relais.Platform.Settings;

/// <summary>
/// Reads and validates an options class from the settings of one section. A setting that cannot be read keeps its default and is reported
/// as a fault.
/// </summary>
/// <param name="configuration">The source of the settings.</param>
/// <param name="section">Name of the section; empty when the settings have no prefix.</param>
internal sealed class SettingsSection<T>(IConfiguration configuration, string section) : IConfigureOptions<T>, IValidateOptions<T>
    where T : class, new()
{
    private readonly List<Setting> settings = [.. typeof(T).GetProperties().Select(property => new Setting(section, property))];

    /// <summary>Reads the options without validating them, for decisions before the app starts. The start validates them.</summary>
    public T Read()
    {
        var options = new T();
        Configure(options);
        return options;
    }

    public void Configure(T options)
    {
        foreach (var setting in settings)
        {
            if (setting.TryRead(configuration, out var value) && value is not null)
            {
                setting.Property.SetValue(options, value);
            }
        }
    }

    public ValidateOptionsResult Validate(string? name, T options)
    {
        var faults = settings.SelectMany(setting => FindFaults(setting, options)).ToList();
        if (options is IValidatableObject validatable)
        {
            faults.AddRange(validatable.Validate(new ValidationContext(options)).Select(result => result.ErrorMessage!));
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> FindFaults(Setting setting, T options)
    {
        var defaultValue = setting.Property.GetValue(new T());
        if (!setting.TryRead(configuration, out _))
        {
            return [SettingFaults.WrongType(setting, defaultValue)];
        }

        var value = setting.Property.GetValue(options);
        var context = new ValidationContext(options) { DisplayName = setting.Name, MemberName = setting.Property.Name };
        return setting.Property.GetCustomAttributes<ValidationAttribute>()
            .Select(rule => rule.GetValidationResult(value, context) is not { } fault ? null
                : rule is RangeAttribute range ? SettingFaults.OutOfRange(setting, range, value, defaultValue)
                : fault.ErrorMessage)
            .OfType<string>();
    }
}
