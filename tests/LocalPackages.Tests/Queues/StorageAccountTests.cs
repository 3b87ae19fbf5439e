using Azure.Storage.Queues;
using Azure.Storage.Queues.Wire;

namespace LocalPackages.Tests.Queues;

public sealed class StorageAccountTests
{
    [Theory]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10001/devstoreaccount1/q", "devstoreaccount1")]
    [InlineData("usedevelopmentstorage=True;DevelopmentStorageProxyUri=http://azurite", "http://azurite:10001/devstoreaccount1/q", "devstoreaccount1")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=AAAA;EndpointSuffix=core.windows.net", "https://shop.queue.core.windows.net/q", "shop")]
    [InlineData("AccountName=shop;AccountKey=AAAA;", "https://shop.queue.core.windows.net/q", "shop")]
    [InlineData("AccountName=a;AccountKey=AAAA;QueueEndpoint=http://localhost:9/a/", "http://localhost:9/a/q", "a")]
    [InlineData("QueueEndpoint=https://shop.queue.core.windows.net;SharedAccessSignature=sv=2021&sig=x%3D", "https://shop.queue.core.windows.net/q", "shop")]
    public void A_connection_string_says_where_and_who(string connection, string uri, string account)
    {
        var queue = new QueueClient(connection, "q");
        Assert.Equal((uri, account), (queue.Uri.AbsoluteUri, queue.AccountName));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AccountKey=AAAA")]
    [InlineData("UseDevelopmentStorage=false")]
    [InlineData("AccountName=a;AccountName=b;AccountKey=AAAA")]
    public void A_malformed_connection_string_is_refused(string connection) =>
        Assert.Throws<FormatException>(() => new QueueClient(connection, "q"));

    [Fact]
    public void The_string_to_sign_names_headers_and_query_in_order()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://127.0.0.1:10001/devstoreaccount1/q/messages?visibilitytimeout=5&messagettl=-1");
        request.Headers.Add("x-ms-version", "2021-12-02");
        request.Headers.Add("x-ms-date", "Mon, 01 Jan 2024 00:00:00 GMT");
        request.Content = new ByteArrayContent(new byte[12]);
        request.Content.Headers.ContentType = new("application/xml");
        Assert.Equal(
            "POST\n\n\n12\n\napplication/xml\n\n\n\n\n\n\nx-ms-date:Mon, 01 Jan 2024 00:00:00 GMT\nx-ms-version:2021-12-02\n"
            + "/devstoreaccount1/devstoreaccount1/q/messages\nmessagettl:-1\nvisibilitytimeout:5",
            SharedKey.StringToSign(request, "devstoreaccount1"));
    }
}
