using Microsoft.Extensions.Options;
using Relais.Channels.Twilio;
using Relais.Platform.Settings;

namespace Relais.Numbers;

/// <summary>Checks the times of a call to buy against the time limit of a provider call, which is a setting of another module.</summary>
internal sealed class ValidatePurchaseTimes(IConfiguration configuration) : IValidateOptions<NumbersOptions>
{
    public ValidateOptionsResult Validate(string? name, NumbersOptions options) =>
        options.ExceedsSendDeadlineAndCall(new SettingsSection<TwilioOptions>(configuration, TwilioOptions.Section).Read().CallTimeout)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                "Numbers__ConfirmAbsenceAfter must be more than Numbers__SendDeadline, Twilio__CallTimeout and one second together.");
}
