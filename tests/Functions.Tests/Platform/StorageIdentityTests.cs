using System.ComponentModel.DataAnnotations;
using System.Net;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Queues;
using Relais.Health;

namespace Relais.Platform.Queues;

public sealed class StorageIdentityTests
{
    private const string ClientId = "0f8fad5b-d9cb-469f-a165-70867728950e";

    [Fact]
    public void The_name_of_an_account_gives_the_address_of_its_queues() =>
        Assert.Equal(
            new Uri("https://strelais.queue.core.windows.net/wake-sender"),
            new StorageOptions { AccountName = "strelais", Credential = "managedidentity" }
                .Queue("wake-sender", new QueueClientOptions()).Uri);

    [Theory]
    [InlineData("https://strelais.queue.core.usgovcloudapi.net")]
    [InlineData("https://strelais.queue.core.usgovcloudapi.net/")]
    public void The_address_of_the_queue_service_wins_over_the_name(string address) =>
        Assert.Equal(
            new Uri("https://strelais.queue.core.usgovcloudapi.net/wake-sender"),
            new StorageOptions { AccountName = "other", QueueServiceUri = new Uri(address) }
                .Queue("wake-sender", new QueueClientOptions()).Uri);

    [Fact]
    public void A_connection_string_needs_no_identity() =>
        Assert.Equal(
            new Uri("http://127.0.0.1:10001/devstoreaccount1/wake-sender"),
            new StorageOptions { AzureWebJobsStorage = "UseDevelopmentStorage=true" }.Queue("wake-sender", new QueueClientOptions()).Uri);

    [Theory]
    [InlineData("st")]
    [InlineData("Strelais")]
    [InlineData("st-relais")]
    [InlineData("strelais\n")]
    [InlineData("strelais.example/")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void An_invalid_account_name_is_reported(string name) =>
        Assert.Equal(
            "AzureWebJobsStorage__accountName is not the name of a storage account: 3 to 24 small letters and digits.",
            Assert.Single(Faults(new StorageOptions { AccountName = name, Credential = "managedidentity" })));

    [Theory]
    [InlineData("id-relais-app")]
    [InlineData("{0f8fad5b-d9cb-469f-a165-70867728950e}")]
    public void An_invalid_client_id_is_reported(string id) =>
        Assert.StartsWith(
            "AzureWebJobsStorage__clientId is not the client id of a managed identity.",
            Assert.Single(Faults(new StorageOptions { AccountName = "strelais", Credential = "managedidentity", ClientId = id })));

    [Fact]
    public void A_credential_is_needed_with_an_account_name() =>
        Assert.Equal(
            "AzureWebJobsStorage__credential must be managedidentity.",
            Assert.Single(Faults(new StorageOptions { AccountName = "strelais", ClientId = ClientId })));

    [Fact]
    public async Task A_request_without_a_token_counts_as_unavailable_storage()
    {
        var storage = new StorageDependency(
            new StorageOptions { AccountName = "strelais", Credential = "managedidentity", ClientId = ClientId });
        var queue = new QueueClient(
            new Uri("https://strelais.queue.core.windows.net/wake-sender"), new NoIdentity(),
            new QueueClientOptions { Transport = new HttpClientTransport(new Refused()) });

        var failure = await Record.ExceptionAsync(() => queue.ExistsAsync());

        Assert.IsType<CredentialUnavailableException>(failure);
        Assert.True(storage.IsUnavailable(failure));
    }

    private static IEnumerable<string> Faults(StorageOptions options) =>
        options.Validate(new ValidationContext(options)).Select(fault => fault.ErrorMessage!);

    private sealed class NoIdentity : Azure.Core.TokenCredential
    {
        public override Azure.Core.AccessToken GetToken(
            Azure.Core.TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new CredentialUnavailableException("No managed identity endpoint answers.");

        public override ValueTask<Azure.Core.AccessToken> GetTokenAsync(
            Azure.Core.TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new CredentialUnavailableException("No managed identity endpoint answers.");
    }

    private sealed class Refused : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.Forbidden));
    }
}
