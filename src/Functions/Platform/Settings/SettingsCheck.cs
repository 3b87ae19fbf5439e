using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Relais.Platform.Settings;

/// <summary>The app must not start with these settings; the message lists every fault.</summary>
internal sealed class InvalidSettingsException(IReadOnlyList<string> faults, Exception inner)
    : Exception($"The app does not start because of its settings:\n{string.Join('\n', faults.Select(fault => $"- {fault}"))}", inner)
{
    public IReadOnlyList<string> Faults { get; } = faults;
}

internal static class SettingsCheck
{
    /// <summary>Checks all settings before any service is created, so that one start reports every fault.</summary>
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
            var failures = failure is AggregateException aggregate ? aggregate.InnerExceptions : [failure];
            var faults = failures
                .OfType<OptionsValidationException>()
                .SelectMany(exception => exception.Failures)
                .Distinct()
                .Order(StringComparer.Ordinal);
            throw new InvalidSettingsException([.. faults], failure);
        }
    }
}
