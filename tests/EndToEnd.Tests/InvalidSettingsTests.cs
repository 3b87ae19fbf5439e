using Relais.DevHost;
using Relais.DevHost.Services;

namespace EndToEnd.Tests;

public sealed class InvalidSettingsTests
{
    [Fact]
    public async Task Review_B06_The_process_stops_at_the_start_and_names_each_invalid_setting()
    {
        var nowhere = new Uri("http://127.0.0.1:1");
        const string Database = "Host=127.0.0.1;Port=1;Username=x;Password=x";
        var settings = AppSettings.Create(
            new AppConnections(Database, Database, "UseDevelopmentStorage=true"), new DevState(), nowhere, nowhere);
        settings["Sending__MaxInFlight"] = "0";
        settings["Twilio__CallTimeout"] = "-00:00:01";
        settings["Webhooks__PublicUrl"] = null;

        var failure = await Assert.ThrowsAsync<DevServiceException>(
            () => FunctionsApp.StartAsync(new FunctionsAppOptions { Settings = settings }));

        Assert.Contains("The app ended with", failure.Message, StringComparison.Ordinal);
        Assert.Contains(
            "- Sending__MaxInFlight is 0, but must be a whole number from 1 to 1000.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("- Twilio__CallTimeout is -00:00:01, but must be a duration", failure.Message, StringComparison.Ordinal);
        Assert.Contains("- Webhooks__PublicUrl is missing: ", failure.Message, StringComparison.Ordinal);
    }
}
