using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Relais.Platform.Settings;

/// <summary>Settings with which the app must not start; the message names each of them.</summary>
internal sealed class InvalidSettingsException(IReadOnlyList<string> faults, Exception inner)
    : Exception($"The app does not start because of its settings:\n{string.Join('\n', faults.Select(fault => $"- {fault}"))}", inner)
{
    public IReadOnlyList<string> Faults { get; } = faults;
}

internal static class SettingsCheck
{
    /// <summary>Checks all settings before any service is made, so that one start tells every fault.</summary>
    /// <exception cref="InvalidSettingsException">A setting is wrong or missing.</exception>
    public static IHost CheckSettings(this IHost host)
    {
        host.Services.CheckSettings();
        return host;
    }

    /// <inheritdoc cref="CheckSettings(IHost)"/>
    public static void CheckSettings(this IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (Exception failure) when (failure is OptionsValidationException or AggregateException)
        {
            var all = failure is AggregateException several ? several.InnerExceptions : [failure];
            throw new InvalidSettingsException(
                [.. all.OfType<OptionsValidationException>().SelectMany(one => one.Failures).Distinct().Order(StringComparer.Ordinal)], failure);
        }
    }
}
