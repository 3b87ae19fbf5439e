using Twilio.Rest.Api.V2010.Account;
using Twilio.Rest.Api.V2010.Account.AvailablePhoneNumberCountry;

namespace LocalPackages.Tests.Twilio;

public sealed class PhoneNumberResourceTests
{
    private const string Bought = """
        {"account_sid":"AC1","sid":"PN1","phone_number":"+15145550100","friendly_name":"Clinique","sms_url":"https://example.org/in","sms_method":"POST",
         "voice_url":"","address_requirements":"none","beta":false,"capabilities":{"voice":true,"sms":true,"mms":false,"fax":false},
         "sms_fallback_url":"https://example.org/backup","sms_fallback_method":"POST","sms_application_sid":"AP1","status_callback":"https://example.org/s",
         "status_callback_method":"POST","address_sid":"AD1","bundle_sid":"BU1","emergency_status":"Active","emergency_address_status":"unregistered","date_created":"Thu, 30 Jul 2015 23:19:04 +0000","status":"in-use"}
        """;

    [Fact]
    public async Task Numbers_are_searched_in_a_country()
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(200, """
            {"available_phone_numbers":[{"friendly_name":"(514) 555-0100","phone_number":"+15145550100","locality":"Montreal","region":"QC","iso_country":"CA",
              "latitude":"45.5","longitude":-73.6,"address_requirements":"none","beta":false,"capabilities":{"voice":true,"SMS":true,"MMS":false}}],"uri":"/x"}
            """));
        var found = (await LocalResource.ReadAsync(new ReadLocalOptions("CA") { AreaCode = 514, Contains = "555*", SmsEnabled = true, Limit = 20 }, server.Client())).Single();
        Assert.Equal("/2010-04-01/Accounts/AC1/AvailablePhoneNumbers/CA/Local.json?AreaCode=514&Contains=555%2A&SmsEnabled=true&PageSize=20", server.Seen[0].Target.Replace("555*", "555%2A", StringComparison.Ordinal));
        Assert.Equal(("+15145550100", "Montreal", 45.5m, -73.6m), (found.PhoneNumber.ToString(), found.Locality, found.Latitude, found.Longitude));
        Assert.Equal("none", found.AddressRequirements);
        Assert.Equal((true, true, false, false), (found.Capabilities.Voice, found.Capabilities.Sms, found.Capabilities.Mms, found.Capabilities.Fax));
    }

    [Fact]
    public async Task A_number_is_bought_set_up_and_released()
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(201, Bought));
        var client = server.Client();
        var bought = await IncomingPhoneNumberResource.CreateAsync(new CreateIncomingPhoneNumberOptions { PhoneNumber = "+15145550100", SmsUrl = new Uri("https://example.org/in"), SmsMethod = "post" }, client);
        Assert.Equal("SmsMethod=POST&SmsUrl=https%3A%2F%2Fexample.org%2Fin&PhoneNumber=%2B15145550100", server.Seen[0].Body);
        Assert.Equal(("PN1", "+15145550100", "POST"), (bought.Sid, bought.PhoneNumber.ToString(), bought.SmsMethod.ToString()));
        Assert.Equal("https://example.org/in", bought.SmsUrl.AbsoluteUri);
        Assert.Null(bought.VoiceUrl);
        Assert.Equal(IncomingPhoneNumberResource.AddressRequirementEnum.None, bought.AddressRequirements);
        Assert.Equal(("https://example.org/backup", "https://example.org/s"), (bought.SmsFallbackUrl.AbsoluteUri, bought.StatusCallback.AbsoluteUri));
        Assert.Equal(("AP1", "AD1", "BU1", "in-use"), (bought.SmsApplicationSid, bought.AddressSid, bought.BundleSid, bought.Status));
        Assert.Equal((true, true, false), (bought.Capabilities.Sms, bought.Capabilities.Voice, bought.Capabilities.Mms));
        Assert.Equal(new DateTime(2015, 7, 30, 23, 19, 4, DateTimeKind.Utc), bought.DateCreated!.Value.ToUniversalTime());

        await IncomingPhoneNumberResource.UpdateAsync(new UpdateIncomingPhoneNumberOptions("PN1") { FriendlyName = "Accueil" }, client);
        Assert.Equal(("/2010-04-01/Accounts/AC1/IncomingPhoneNumbers/PN1.json", "FriendlyName=Accueil"), (server.Seen[1].Target, server.Seen[1].Body));

        server.Answer = http => { http.Response.StatusCode = 204; return Task.CompletedTask; };
        Assert.True(await IncomingPhoneNumberResource.DeleteAsync(new DeleteIncomingPhoneNumberOptions("PN1"), client));
        Assert.Equal(("DELETE", "/2010-04-01/Accounts/AC1/IncomingPhoneNumbers/PN1.json"), (server.Seen[2].Method, server.Seen[2].Target));
    }
}
