/** Where a gateway takes messages of its peers. It is between gateways of one version, and no part of the API. */
export const PEER_PATH = "/v1/peer";
