using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Relais.Platform.Settings;

/// <summary>One class of options and the settings it is read from. A setting that cannot be read keeps its default and is a fault.</summary>
/// <param name="section">Empty: the settings have no prefix.</param>
internal sealed class SettingsSection<T>(IConfiguration configuration, string section) : IConfigureOptions<T>, IValidateOptions<T>
    where T : class, new()
{
    private readonly List<Setting> settings = [.. typeof(T).GetProperties().Select(property => new Setting(section, property))];

    /// <summary>The options as far as they can be read, for what is decided before the start. The start checks them.</summary>
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
        if (options is IValidatableObject checkedTogether)
        {
            faults.AddRange(checkedTogether.Validate(new ValidationContext(options)).Select(result => result.ErrorMessage!));
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> FindFaults(Setting setting, T options)
    {
        var standard = setting.Property.GetValue(new T());
        if (!setting.TryRead(configuration, out _))
        {
            return [SettingFaults.Unreadable(setting, standard)];
        }

        var value = setting.Property.GetValue(options);
        var context = new ValidationContext(options) { DisplayName = setting.Name, MemberName = setting.Property.Name };
        return setting.Property.GetCustomAttributes<ValidationAttribute>()
            .Select(rule => rule.GetValidationResult(value, context) is not { } broken ? null
                : rule is RangeAttribute range ? SettingFaults.OutOfRange(setting, range, value, standard)
                : broken.ErrorMessage)
            .OfType<string>();
    }
}
