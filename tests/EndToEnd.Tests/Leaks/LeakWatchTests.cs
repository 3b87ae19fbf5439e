using System.Net.Http.Json;
using Microsoft.Extensions.Logging;
using Relais.Kit;
using Relais.Kit.Leaks;
using Xunit.Sdk;

namespace EndToEnd.Tests.Leaks;

/// <summary>The watch that ends every run of the system would find a leak, wherever it were.</summary>
public sealed class LeakWatchTests(PostgresFixture postgres, AzuriteFixture storage) : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task What_is_said_to_be_secret_is_found_in_every_place_it_goes_to()
    {
        var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions { EnforceWindow = false, Simulator = new() { Delivery = RelaisSystemOptions.Swift } });
        var campaign = await system.StartCampaignAsync(CampaignSteps.Contacts(3));
        await system.WaitForEndAsync(campaign, TimeSpan.FromMinutes(1));
        var draft = new { name = "Essai", senderId = RelaisSystem.SenderId, audience = new { tags = new[] { "a" } }, message1 = new { type = "text", body = "Salut" } };
        using var refused = await system.Api.PostAsync(new Uri($"campaigns/{campaign}/start", UriKind.Relative), null);
        using var paused = await system.Api.PostAsync(new Uri($"campaigns/{campaign}/pause", UriKind.Relative), null);
        using var created = await system.Api.PostAsJsonAsync("campaigns", draft);
        var location = created.Headers.Location!.ToString();

        system.Watch.Planted.Add("id of the campaign", campaign.ToString());
        system.Watch.Planted.Add("id of the sender", RelaisSystem.SenderId.ToString());
        system.Watch.Planted.Add("id of the draft", location.Split('/')[^1]);
        system.Watch.Planted.Add("name of the function", "PauseCampaign");
        system.Watch.Planted.Add("code of the problem", "campaign_state");
        var report = (await Assert.ThrowsAsync<XunitException>(async () => await system.DisposeAsync())).Message;

        Assert.Contains("id of the campaign in the log of the app", report, StringComparison.Ordinal);
        Assert.Contains("id of the campaign in the history of orchestrations", report, StringComparison.Ordinal);
        Assert.Contains("id of the sender in a message of /", report, StringComparison.Ordinal);
        Assert.Contains("name of the function in what was exported", report, StringComparison.Ordinal);
        Assert.Contains("code of the problem in the answer to POST", report, StringComparison.Ordinal);
        Assert.Contains("id of the draft in the location that POST", report, StringComparison.Ordinal);
        Assert.DoesNotContain(campaign.ToString(), report, StringComparison.Ordinal);
        Assert.DoesNotContain("telephone number", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_app_says_all_it_can_while_it_is_watched()
    {
        await using var system = await RelaisSystem.StartAsync(postgres, storage);

        using var answer = await system.Api.GetAsync(new Uri("contacts", UriKind.Relative));

        Assert.Contains(system.Watch.Logs.SelectMany(log => log.Lines()), line => line.Contains("trce: Microsoft.AspNetCore", StringComparison.Ordinal) || line.Contains("dbug: Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal));
        Assert.Contains(system.Watch.Logs.SelectMany(log => log.Lines()), line => line.Contains("RequestPath:/api/v1/contacts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_operation_that_logs_a_number_or_a_text_fails_its_test()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync("""
            insert into tenants (id, slug, name, country) values (@Tenant, 'essai', 'Essai', 'GN');
            insert into contacts (id, tenant_id) values (@Contact, @Tenant);
            insert into contact_identities (tenant_id, kind, value, contact_id) values (@Tenant, 'phone', '+224620000777', @Contact);
            """, new { Tenant = Ids.Tenant(1), Contact = Ids.Contact(1) });
        using var log = new CollectedLog();

        log.For<LeakWatchTests>().LogInformation("Nothing to see of {Contact}", Ids.Contact(1));
        await log.AssertNoLeakAsync(database.Superuser);
        log.For<LeakWatchTests>().LogTrace(new InvalidOperationException("cannot reach whatsapp:+224620000777"), "Failed");

        await Assert.ThrowsAsync<XunitException>(() => log.AssertNoLeakAsync(database.Superuser));
    }

    [Theory]
    [InlineData("to +224620000777 now")]
    [InlineData("to whatsapp:+224620000777")]
    [InlineData("To=whatsapp%3A%2B224620000777&x=1")]
    [InlineData("q=%20224620000777")]
    [InlineData("224620000777")]
    [InlineData("00224620000777")]
    [InlineData("{\"phone\":\"\\u002B224620000777\"}")]
    public void A_number_is_found_in_every_form(string text)
    {
        var planted = new Planted();
        planted.AddNumbers("(t,\"whatsapp:+224620000777\")");

        var leak = Assert.Single(planted.FindIn("a place", text));

        Assert.Equal("telephone number", leak.Kind);
        Assert.Contains("12 characters", leak.Line, StringComparison.Ordinal);
        Assert.DoesNotContain("620000777", leak.Line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+22462••••77")]
    [InlineData("2246200007771")]
    [InlineData("62000077")]
    [InlineData("01900000-0003-7000-8000-000000000777")]
    public void Another_run_of_digits_is_no_number(string text)
    {
        var planted = new Planted();
        planted.AddNumbers("+224620000777");

        Assert.Empty(planted.FindIn("a place", text));
    }

    [Theory]
    [InlineData("Bonjour Aïssatou & Cie, à +")]
    [InlineData("Bonjour A\\u00EFssatou \\u0026 Cie, \\u00E0 \\u002B")]
    [InlineData("Bonjour%20A%C3%AFssatou%20%26%20Cie%2C%20%C3%A0%20%2B")]
    [InlineData("Bonjour+A%C3%AFssatou+%26+Cie%2C+%C3%A0+%2B")]
    public void A_text_is_found_in_every_form(string text)
    {
        var planted = new Planted();
        planted.Add("body of a message", "Bonjour Aïssatou & Cie, à +");

        Assert.Equal("x ‹body of a message, " + text.Length + " characters› y", Assert.Single(planted.FindIn("a place", $"before\nx {text} y\nafter")).Line);
    }

    [Theory]
    [InlineData("rk_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "API key")]
    [InlineData("ri_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "invitation code")]
    [InlineData("Bearer eyJhbGciOiJFUzI1NiJ9.e30.x", "bearer token")]
    public void A_key_is_found_by_its_form(string text, string kind) => Assert.Equal(kind, Assert.Single(new Planted().FindIn("a place", text)).Kind);
}
