using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Functions.Tests.Http;
using Relais.Kit;

namespace Functions.Tests.Access;

[Collection(ApiCollection.Name)]
public sealed class TenantHeaderTests(ApiSystem api)
{
    [Fact]
    public async Task A_member_of_two_tenants_selects_one_by_header()
    {
        var token = api.TokenFor($"two-{Guid.NewGuid():N}");
        var ownTenant = await SignUpAsync(token);
        var subject = (await GetAsync("me", token)).Json.GetProperty("subject").GetString()!;
        Assert.Equal(ownTenant, (await GetAsync("tenant", token)).Json.GetProperty("id").GetGuid());

        await api.AddMemberAsync(RelaisSystem.TenantId, subject, "viewer");

        Assert.Equal((HttpStatusCode.BadRequest, "tenant_required"), Code(await GetAsync("tenant", token)));
        Assert.Equal(RelaisSystem.TenantId, (await GetAsync("tenant", token, ApiSystem.Slug)).Json.GetProperty("id").GetGuid());
        Assert.Equal(ownTenant, (await GetAsync("tenant", token, ownTenant.ToString())).Json.GetProperty("id").GetGuid());
        Assert.Equal((HttpStatusCode.Forbidden, "role_missing"), Code(await GetAsync("audit", token, ApiSystem.Slug)));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("audit", token, ownTenant.ToString())).Status);
    }

    [Fact]
    public async Task A_foreign_tenant_and_an_unknown_tenant_get_the_same_answer()
    {
        var foreignTenant = await SignUpAsync(api.TokenFor($"stranger-{Guid.NewGuid():N}"));
        var key = await api.AddKeyAsync("contacts");

        foreach (var credential in new[] { api.TokenFor("owner"), key })
        {
            var foreign = await GetAsync("contacts", credential, foreignTenant.ToString());
            var unknown = await GetAsync("contacts", credential, Guid.NewGuid().ToString());
            Assert.Equal((HttpStatusCode.Forbidden, "not_a_member"), Code(foreign));
            Assert.Equal(unknown.Json.GetRawText(), foreign.Json.GetRawText());
            Assert.Equal(HttpStatusCode.OK, (await GetAsync("contacts", credential, ApiSystem.Slug)).Status);
            Assert.Equal(HttpStatusCode.OK, (await GetAsync("contacts", credential)).Status);
        }
    }

    [Fact]
    public async Task Data_is_visible_in_the_selected_tenant_only()
    {
        var (firstToken, secondToken) = (api.TokenFor($"one-{Guid.NewGuid():N}"), api.TokenFor($"other-{Guid.NewGuid():N}"));
        await SignUpAsync(firstToken);
        await SignUpAsync(secondToken);

        var (first, second) = (await GetAsync("audit", firstToken), await GetAsync("audit", secondToken));

        Assert.NotEqual(
            first.Json.GetProperty("entries")[0].GetProperty("id").GetGuid(),
            second.Json.GetProperty("entries")[0].GetProperty("id").GetGuid());
        Assert.Equal(2, first.Json.GetProperty("entries").GetArrayLength());
    }

    private async Task<Guid> SignUpAsync(string token)
    {
        using var client = Client(token, null);
        using var response = await client.PostAsJsonAsync("tenants", new { name = "Essai", country = "GN" });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }

    private async Task<(HttpStatusCode Status, JsonElement Json)> GetAsync(string path, string credential, string? tenant = null)
    {
        using var client = Client(credential, tenant);
        using var response = await client.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private HttpClient Client(string credential, string? tenant)
    {
        var client = api.System.CreateClient(null);
        client.BaseAddress = new Uri(api.System.App.Url, "/api/v1/");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        if (tenant is not null)
        {
            client.DefaultRequestHeaders.Add("X-Tenant", tenant);
        }

        return client;
    }

    private static (HttpStatusCode Status, string? Code) Code((HttpStatusCode Status, JsonElement Json) answer) =>
        (answer.Status, answer.Json.GetProperty("code").GetString());
}
