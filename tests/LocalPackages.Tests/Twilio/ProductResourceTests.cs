using System.Text.Json;
using Twilio.Exceptions;
using Twilio.Rest.Messaging.V2;
using Twilio.Rest.Numbers.V2.RegulatoryCompliance;
using static Twilio.Rest.Messaging.V2.ChannelsSenderResource;

namespace LocalPackages.Tests.Twilio;

/// <summary>The resources of product subdomains: other hosts, other paging, JSON bodies.</summary>
public sealed class ProductResourceTests
{
    private const string Sender = """
        {"sid":"XE1","sender_id":"whatsapp:+15145550100","status":"ONLINE:UPDATING","configuration":{"waba_id":"1","account_type":null},
         "webhook":{"callback_url":"https://example.org/in","callback_method":"POST","fallback_url":null,"status_callback_url":"https://example.org/s","status_callback_method":"POST"},
         "profile":{"name":"Clinique","about":"Bonjour","vertical":"Medical and Health","websites":[{"website":"https://example.org","label":"Website"}],"emails":null},
         "properties":{"quality_rating":"HIGH","messaging_limit":"1K Customers/24hr"},
         "offline_reasons":[{"code":"63020","message":"Not accepted","more_info":"https://www.twilio.com/docs/errors/63020"}],"url":"https://messaging.twilio.com/v2/Channels/Senders/XE1"}
        """;

    [Fact]
    public async Task Regulations_are_read_from_the_numbers_product()
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(200, """
            {"results":[{"sid":"RN1","friendly_name":"France: Local - Business","iso_country":"FR","number_type":"local","end_user_type":"business",
              "requirements":{"end_user":[{"fields":["business_name"]}]},"url":"https://numbers.twilio.com/v2/RegulatoryCompliance/Regulations/RN1"}],
             "meta":{"page":0,"page_size":50,"first_page_url":"https://x","previous_page_url":null,"url":"https://x","next_page_url":null,"key":"results"}}
            """));
        var options = new ReadRegulationOptions { IsoCountry = "FR", NumberType = "local", EndUserType = RegulationResource.EndUserTypeEnum.Business };
        var regulation = (await RegulationResource.ReadAsync(options, server.Client())).Single();
        Assert.Equal(("numbers", "/v2/RegulatoryCompliance/Regulations?EndUserType=business&IsoCountry=FR&NumberType=local"), (server.Products[0], server.Seen[0].Target));
        Assert.Equal(("RN1", "FR", "local", RegulationResource.EndUserTypeEnum.Business), (regulation.Sid, regulation.IsoCountry, regulation.NumberType, regulation.EndUserType));
        using var requirements = JsonDocument.Parse(regulation.Requirements.ToString()!);
        Assert.Equal("business_name", requirements.RootElement.GetProperty("end_user")[0].GetProperty("fields")[0].GetString());
    }

    [Fact]
    public async Task Bundles_are_filtered_and_further_pages_are_absolute_addresses()
    {
        await using var server = await WireServer.StartAsync(async http =>
        {
            var next = http.Request.Query.ContainsKey("Page") ? "null" : "\"https://numbers.twilio.com/v2/RegulatoryCompliance/Bundles?Page=1&PageToken=PT\"";
            await WireServer.Json(200, $$"""
                {"results":[{"sid":"BU1","status":"twilio-approved","friendly_name":"Clinique","regulation_sid":"RN1","email":"a@example.org","valid_until":"2027-01-02T03:04:05Z","date_created":"2026-01-02T03:04:05Z"}],
                 "meta":{"page":0,"page_size":1,"first_page_url":"https://x","previous_page_url":null,"url":"https://x","next_page_url":{{next}},"key":"results"} }
                """)(http);
        });
        var options = new ReadBundleOptions
        {
            Status = BundleResource.StatusEnum.TwilioApproved,
            SortBy = BundleResource.SortByEnum.DateUpdated,
            SortDirection = BundleResource.SortDirectionEnum.Desc,
            ValidUntilDateAfter = new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc),
            PageSize = 1,
        };
        var bundles = (await BundleResource.ReadAsync(options, server.Client())).ToList();
        Assert.Equal(["BU1", "BU1"], bundles.Select(bundle => bundle.Sid));
        Assert.Equal((BundleResource.StatusEnum.TwilioApproved, 2027), (bundles[0].Status, bundles[0].ValidUntil!.Value.Year));
        Assert.Equal("/v2/RegulatoryCompliance/Bundles?Status=twilio-approved&SortBy=date-updated&SortDirection=DESC&ValidUntilDate%3E=2026-01-02T00%3A00%3A00Z&PageSize=1", server.Seen[0].Target);
        Assert.EndsWith("PageToken=PT", server.Seen[1].Target, StringComparison.Ordinal);

        server.Answer = WireServer.Json(404, """{"code":20404,"message":"The requested resource was not found","more_info":"https://www.twilio.com/docs/errors/20404","status":404}""");
        Assert.Equal(20404, (await Assert.ThrowsAsync<ApiException>(() => BundleResource.FetchAsync(new FetchBundleOptions("BU9"), server.Client()))).Code);
        Assert.Equal(["numbers", "numbers", "numbers"], server.Products);
    }

    [Fact]
    public async Task A_whatsapp_sender_is_read_with_its_profile_quality_and_faults()
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(200, $$"""{"senders":[{{Sender}}],"meta":{"page":0,"page_size":50,"first_page_url":"https://x","previous_page_url":null,"url":"https://x","next_page_url":null,"key":"senders"} }"""));
        var listed = (await ChannelsSenderResource.ReadAsync(new ReadChannelsSenderOptions("whatsapp"), server.Client())).Single();
        Assert.Equal(("messaging", "/v2/Channels/Senders?Channel=whatsapp"), (server.Products[0], server.Seen[0].Target));
        Assert.Equal(("XE1", StatusEnum.OnlineUpdating, "whatsapp:+15145550100"), (listed.Sid, listed.Status, listed.SenderId));
        Assert.Equal(("Clinique", "https://example.org"), (listed.Profile.Name, listed.Profile.Websites.Single().Website));
        Assert.Null(listed.Profile.Emails);
        Assert.Equal(("HIGH", "1K Customers/24hr"), (listed.Properties.QualityRating, listed.Properties.MessagingLimit));
        Assert.Equal(("https://example.org/in", CallbackMethodEnum.Post), (listed.Webhook.CallbackUrl, listed.Webhook.CallbackMethod));
        Assert.Equal(("63020", "Not accepted"), (listed.OfflineReasons.Single().Code, listed.OfflineReasons.Single().Message));

        server.Answer = WireServer.Json(200, Sender);
        Assert.Equal("1", (await ChannelsSenderResource.FetchAsync(new FetchChannelsSenderOptions("XE1"), server.Client())).Configuration.WabaId);
        Assert.Equal("/v2/Channels/Senders/XE1", server.Seen[1].Target);
    }

    [Fact]
    public async Task A_whatsapp_sender_is_changed_with_a_json_body_of_what_was_set()
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(202, Sender));
        var options = new UpdateChannelsSenderOptions("XE1")
        {
            MessagingV2ChannelsSenderRequestsUpdate = new MessagingV2ChannelsSenderRequestsUpdate.Builder()
                .WithWebhook(new MessagingV2ChannelsSenderWebhook.Builder().WithCallbackUrl("https://example.org/in").WithCallbackMethod(CallbackMethodEnum.Post).Build())
                .WithProfile(new MessagingV2ChannelsSenderProfile.Builder()
                    .WithName("Clinique du Québec")
                    .WithWebsites(new[] { new MessagingV2ChannelsSenderProfileGenericResponseWebsites.Builder().WithWebsite("https://example.org").Build() })
                    .WithEmails(new[] { new { email = "a@example.org", label = "Email" } })
                    .Build())
                .Build(),
        };
        await ChannelsSenderResource.UpdateAsync(options, server.Client());
        var (method, target, _, body, headers) = Assert.Single(server.Seen);
        Assert.Equal(("messaging", "POST", "/v2/Channels/Senders/XE1", "application/json; charset=utf-8"), (server.Products[0], method, target, headers.ContentType.ToString()));
        Assert.Equal(
            """{"webhook":{"callback_url":"https://example.org/in","callback_method":"POST"},"profile":{"name":"Clinique du Québec","websites":[{"website":"https://example.org"}],"emails":[{"email":"a@example.org","label":"Email"}]}}""",
            body);
    }

    [Fact]
    public async Task A_whatsapp_sender_is_created()
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(202, Sender));
        var create = new MessagingV2ChannelsSenderRequestsCreate.Builder()
            .WithSenderId("whatsapp:+15145550100")
            .WithConfiguration(new MessagingV2ChannelsSenderConfiguration.Builder().WithWabaId("1").WithVerificationMethod(VerificationMethodEnum.Sms).Build())
            .Build();
        Assert.Equal("XE1", (await ChannelsSenderResource.CreateAsync(new CreateChannelsSenderOptions(create), server.Client())).Sid);
        Assert.Equal("/v2/Channels/Senders", server.Seen[0].Target);
        using var sent = JsonDocument.Parse(server.Seen[0].Body);
        Assert.Equal("sms", sent.RootElement.GetProperty("configuration").GetProperty("verification_method").GetString());
    }
}
