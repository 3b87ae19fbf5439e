using System.Diagnostics;
using Relais.Platform.Telemetry;

namespace Functions.Tests.Telemetry;

public sealed class RemovePersonalDataTests
{
    [Fact]
    public void Queries_and_paths_are_removed_from_traces()
    {
        using var activity = new Activity("GET");
        activity.SetTag("url.full", "https://api.example/Accounts/AC1/IncomingPhoneNumbers.json?PhoneNumber=%2B14185550100")
            .SetTag("url.query", "?to=%2B14185550100").SetTag("http.route", "v1/contacts");
        activity.SetStatus(ActivityStatusCode.Error, "+14185550100 is not valid");

        new WithoutPersonalData().OnEnd(activity);

        Assert.Equal("https://api.example/Accounts/*/IncomingPhoneNumbers.json", activity.GetTagItem("url.full"));
        Assert.Null(activity.GetTagItem("url.query"));
        Assert.Equal("v1/contacts", activity.GetTagItem("http.route"));
        Assert.Equal((ActivityStatusCode.Error, null), (activity.Status, activity.StatusDescription));
    }

    [Theory]
    [InlineData("api/v1/contacts/{phone}")]
    [InlineData(null)]
    public void A_path_becomes_the_template_of_its_route(string? route)
    {
        using var activity = new Activity("GET");
        activity.SetTag("url.path", "/api/v1/contacts/+14185550100").SetTag("http.route", route);

        new WithoutPersonalData().OnEnd(activity);

        Assert.Equal(route, activity.GetTagItem("url.path"));
    }

    [Theory]
    [InlineData(
        "https://api.example:8443/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json?To=x",
        "https://api.example:8443/2010-04-01/Accounts/*/Messages.json")]
    [InlineData("https://lookups.example/v2/PhoneNumbers/+14185550100", "https://lookups.example/v2/PhoneNumbers/*")]
    [InlineData("https://lookups.example/v2/PhoneNumbers/%2B14185550100", "https://lookups.example/v2/PhoneNumbers/*")]
    [InlineData("https://user:secret@api.example/Balance.json", "https://api.example/Balance.json")]
    [InlineData("+14185550100", "*")]
    public void An_address_keeps_its_fixed_parts(string address, string expected)
    {
        using var activity = new Activity("GET");
        activity.SetTag("url.full", address);

        new WithoutPersonalData().OnEnd(activity);

        Assert.Equal(expected, activity.GetTagItem("url.full"));
    }

    [Fact]
    public void An_exception_is_recorded_by_its_type_only()
    {
        using var source = new ActivitySource("Tests.Exceptions");
        using var listener = WithoutPersonalData.ExceptionsByType([source.Name]);
        listener.Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded;
        ActivitySource.AddActivityListener(listener);
        using var activity = source.StartActivity("call")!;

        activity.AddException(new InvalidOperationException("+14185550100 is not valid"));

        var tags = Assert.Single(activity.Events).Tags.ToDictionary();
        Assert.Equal(typeof(InvalidOperationException).FullName, tags["exception.type"]);
        Assert.DoesNotContain(tags.Values, value => value?.ToString()!.Contains("4185550100", StringComparison.Ordinal) == true);
    }
}
