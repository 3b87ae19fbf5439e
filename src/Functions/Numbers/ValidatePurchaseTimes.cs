using Microsoft.Extensions.Options;
using Relais.Channels.Twilio;
using Relais.Platform.Settings;

namespace Relais.Numbers;

/// <summary>The times of a purchase go together with the time limit of a call, which is another module's setting.</summary>
internal sealed class ValidatePurchaseTimes(IConfiguration configuration) : IValidateOptions<NumbersOptions>
{
    public ValidateOptionsResult Validate(string? name, NumbersOptions options) =>
        options.OutlastsCall(new SettingsSection<TwilioOptions>(configuration, TwilioOptions.Section).Read().CallTimeout)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Numbers__ConfirmAbsenceAfter must be more than Numbers__SendDeadline, Twilio__CallTimeout and one second together.");
}
