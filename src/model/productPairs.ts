// Which products count as bought together: how often at least, and how many are kept for each product.

/** Orders with both, at least; and at least this share of all orders that have a product. */
export const leastTogether = 5;
export const leastSupport = 0.001;

/** The most products that are kept for each: those most often bought with it. */
export const mostPairs = 50;
